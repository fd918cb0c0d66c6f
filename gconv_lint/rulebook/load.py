"""Rule files in YAML, read and checked: for ``gconv-lint rule``, the tests and the documentation, never for linting."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gconv_lint.model.findings import RuleInfo, Severity
from gconv_lint.model.fixes import Applicability, Recipe
from gconv_lint.rulebook.document import Example, Examples, Fix, RuleDocument
from gconv_lint.rulebook.rule import Rule
from gconv_lint.rulebook.schema import RuleError, fixed_of, kinds_of, mistakes, sources_of

#: What PyYAML raises beside its own errors: for the 13th month, for ``!!bool maybe``, for brackets without end.
_UNREADABLE = (OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError)
_PACKAGE = Path(__file__).resolve().parent.parent


def builtin_folder() -> Path:
    """The folder of the rules that gconv-lint comes with: in the wheel, else in the checkout."""
    shipped = _PACKAGE / "rules"
    return shipped if shipped.is_dir() else _PACKAGE.parent / "rules"


def load_folder(folder: Path) -> tuple[RuleDocument, ...]:
    """Every rule file of ``folder``, by code.

    Raises ``RuleError`` when a file cannot be used or two rules share a name.
    """
    documents = tuple(load_file(path) for path in sorted(folder.glob("*.yaml")))
    names: dict[str, str] = {}
    for document in documents:
        info = document.rule.info
        if names.setdefault(info.name, info.code) != info.code:
            raise RuleError(f"{folder.name}/{info.code}.yaml: `name` is `{info.name}`, as in {names[info.name]}")
    return documents


def load_file(path: Path) -> RuleDocument:
    """The rule that ``path`` describes.

    Raises ``RuleError`` when the file is no YAML, breaks the schema or is not named by its code.
    """
    where = str(Path(path.parent.name, path.name))
    data = _read(path, where)
    found = mistakes(data, where)
    if not found and data["code"] != path.stem:
        found = [f"{where}: `code` is `{data['code']}`, but the file is named {path.stem}"]
    if found:
        raise RuleError("\n".join(found))
    return _document(data)


def document_of(info: RuleInfo) -> RuleDocument:
    """The whole document of a rule. Raises ``RuleError`` when its file is gone or broken."""
    return load_file(Path(info.source) if info.source else builtin_folder() / f"{info.code}.yaml")


def _read(path: Path, where: str) -> Any:
    import yaml

    class UniqueKeys(yaml.SafeLoader):
        """YAML in which a key given twice is an error rather than a silent loss."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [str(key.value) for key, _ in node.value]
            if len(set(keys)) < len(keys):
                twice = next(key for key in keys if keys.count(key) > 1)
                raise yaml.constructor.ConstructorError(problem=f"key `{twice}` is given twice")
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)
    except (yaml.YAMLError, *_UNREADABLE) as error:
        raise RuleError(f"{where}: cannot be read as YAML: {' '.join(str(error).split())}") from None


def _line(text: str) -> str:
    """Folded YAML text as one line."""
    return " ".join(text.split())


def _document(data: Mapping[str, Any]) -> RuleDocument:
    opinion = data.get("opinion")
    return RuleDocument(
        rule=_rule(data),
        since=data["since"],
        why=data["why"].strip(),
        exceptions=tuple(map(_line, data["exceptions"])),
        fix=Fix(safety=data["fix"]["safety"], description=_line(data["fix"]["description"])),
        references=tuple(map(_line, data["references"])),
        option_docs={name: _line(option["doc"]) for name, option in data.get("options", {}).items()},
        opinion=(_line(opinion["for"]), _line(opinion["against"])) if opinion else None,
        examples=Examples(**{kind: tuple(map(_example, items)) for kind, items in data["examples"].items()}),
    )


def _rule(data: Mapping[str, Any]) -> Rule:
    info = RuleInfo(
        code=data["code"],
        name=data["name"],
        severity=Severity(data["severity"]),
        category=data["category"],
        default=data["default"],
        summary=_line(data["summary"]),
        preview=data.get("preview", False),
    )
    return Rule(
        info=info,
        match=kinds_of(data),
        when=_line(data["when"]),
        message=_line(data["message"]),
        help=_line(data["help"]),
        raises=data.get("raises", ""),
        strict=Severity(data["strict"]) if "strict" in data else None,
        options={name: option["default"] for name, option in data.get("options", {}).items()},
        recipe=_recipe(data["fix"]),
    )


def _recipe(fix: Mapping[str, Any]) -> Recipe | None:
    if "action" not in fix:
        return None
    arguments = {name: str(text) for name, text in fix.get("with", {}).items()}
    title = _line(fix.get("title", fix["description"])).removesuffix(".")
    return Recipe(fix["action"], arguments, Applicability(fix["safety"]), title)


def _example(data: Mapping[str, Any]) -> Example:
    return Example(
        name=data["name"],
        files=sources_of(data),
        options=data.get("options", {}),
        thread=data.get("thread", ""),
        fixed=fixed_of(data),
        model=data.get("model", ""),
        input=data.get("input", ""),
        measured=data.get("measured", {}),
    )
