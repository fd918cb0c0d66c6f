"""Functions and classes that permute channels: ``shuffle_function``, and whether anything refers to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gconv_lint.frontends.source.constructs.grouped_convs import builds_grouped_convs
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import calls
from gconv_lint.frontends.source.constructs.torch_names import names_channel_shuffle
from gconv_lint.model.constructs import Construct

_REORDERS = frozenset({"transpose", "permute", "swapaxes", "swapdims"})
_RESHAPES = frozenset({"view", "reshape", "flatten", "unflatten"})
#: Lookups by names that are worked out; ``getattr`` with a plain text is none.
_COMPUTED = re.compile(
    r"\b(?:globals|locals|vars|eval|exec)\(|\.__dict__|getattr\([^,()]*,(?!\s*[\"'][^\"'+%]*[\"']\s*[,)])"
)
_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "property", "torch.jit.script", "torch.jit.ignore"})


def find(file: SourceFile) -> Iterator[Construct]:
    """Candidates; :func:`link` completes them, as only the whole project shows what is referenced."""
    if "huffle" not in file.text:
        return
    found = [s for s in file.outline.scopes if names_channel_shuffle(s.name) and _permutes(file, s)]
    grouped = builds_grouped_convs(file) if found else None
    for scope in found:
        values = {
            "name": scope.name,
            "kind": _kind(scope),
            "permutes": True,
            "exported": _exported(file, scope) or _by_computed_name(file),
            "last_line": scope.node.end_lineno,
        }
        if grouped is not None:
            values["file_builds_grouped_convs"] = grouped
        yield Construct(kind="shuffle_function", place=file.header(scope), values=values)


def _kind(scope: Scope) -> str:
    if scope.is_class:
        return "class"
    return "method" if scope.parent is not None and scope.parent.is_class else "function"


def _permutes(file: SourceFile, scope: Scope) -> bool:
    functions = [call.func for call in calls(scope.node.body)]
    last = {f.attr for f in functions if isinstance(f, ast.Attribute)}
    if not last.isdisjoint(_REORDERS) and not last.isdisjoint(_RESHAPES):
        return True
    return any(file.names.resolve(f).endswith((".ChannelShuffle", ".channel_shuffle")) for f in functions)


def _exported(file: SourceFile, scope: Scope) -> bool:
    """Whether the file itself offers it to others: a public function, a registry, a base class that may call it."""
    owner = scope.parent
    public = owner is None and not scope.is_class and not scope.name.startswith("_")
    if public or scope.name in file.outline.public:
        return True
    decorators = {dotted(d) for d in scope.node.decorator_list}
    if not decorators <= _PLAIN_DECORATORS:
        return True
    if owner is None or not owner.is_class:
        return False
    lineage = file.outline.lineage(owner)
    if not scope.name.startswith("_") and not any("forward" in other.methods for other in lineage):
        return True  # a mixin, which the classes that inherit from it call
    local = {other.name for other in file.outline.classes} | {"torch.nn.Module", "object"}
    return not {file.names.resolve(base) for base in owner.node.bases} <= local


def _by_computed_name(file: SourceFile) -> bool:
    """Whether the file looks things up by names that it works out: ``globals()["channel_" + kind]``."""
    return _COMPUTED.search(file.text) is not None


def link(constructs: Sequence[Construct], files: Iterable[tuple[str, bytes]]) -> list[Construct]:
    """The constructs with ``referenced`` and ``exported`` filled in; ``files`` are all files of the run.

    ``files`` (path and content) is read once, and only when there is something to look for. A mention anywhere
    counts as a reference (also in a string: it may be looked up by name), except in comments and in the definition.
    """
    candidates = [construct for construct in constructs if construct.kind == "shuffle_function"]
    if all(candidate.values["exported"] for candidate in candidates):
        return list(constructs)
    mentioned, given = _read(files, candidates)
    return [_linked(c, mentioned, given) if c.kind == "shuffle_function" else c for c in constructs]


def _linked(construct: Construct, mentioned: set[str], given: set[str]) -> Construct:
    name, path = construct.values["name"], construct.place.path
    referenced = name in mentioned
    exported = construct.values["exported"] or (
        not referenced and (_offered(path, given) or _has_siblings(path, given))
    )
    return replace(construct, values={**construct.values, "referenced": referenced, "exported": exported})


def _offered(path: str, given: set[str]) -> bool:
    """Whether the file belongs to a package that was not given as a whole: its users may be elsewhere."""
    folder = Path(path).parent
    top = None
    while (folder / "__init__.py").is_file():
        top, folder = folder / "__init__.py", folder.parent
        if folder == folder.parent:
            break
    return top is not None and str(top) not in given


def _has_siblings(path: str, given: set[str]) -> bool:
    """Whether Python files beside it were not given, as when a hook names changed files only: one may call it."""
    folder = Path(path).parent
    return any(str(other) not in given for other in folder.glob("*.py")) if folder.is_dir() else False


def _read(files: Iterable[tuple[str, bytes]], candidates: Sequence[Construct]) -> tuple[set[str], set[str]]:
    """The names of candidates that are mentioned somewhere, and the paths of all files."""
    wanted = {candidate.values["name"] for candidate in candidates}
    names = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(n.encode()) for n in sorted(wanted)))
    mentioned: set[str] = set()
    given: set[str] = set()
    for path, content in files:
        given.add(str(Path(path)))
        if any(name.encode() in content for name in wanted):
            own: dict[str, list[tuple[int, int]]] = {}
            for candidate in candidates:
                if candidate.place.path == path:
                    lines = (candidate.place.line, candidate.values["last_line"])
                    own.setdefault(candidate.values["name"], []).append(lines)
            mentioned.update(_mentions(content, names, own))
    return mentioned, given


def _mentions(content: bytes, names: re.Pattern[bytes], own: Mapping[str, Sequence[tuple[int, int]]]) -> Iterator[str]:
    """The wanted names on lines outside their own definitions (``own``: first and last line by name)."""
    for number, line in enumerate(content.splitlines(), 1):
        if b"huffle" not in line.lower():
            continue
        for match in names.finditer(line.partition(b"#")[0]):
            name = match.group().decode()
            defined = line[: match.start()].rstrip().endswith((b"def", b"class"))
            if not defined and not any(first <= number <= last for first, last in own.get(name, ())):
                yield name
