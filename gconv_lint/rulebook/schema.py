"""The check of one rule file: each mistake becomes a sentence with file, key, value and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from gconv_lint import facts
from gconv_lint.model.findings import Severity
from gconv_lint.model.fixes import ACTION_ARGUMENTS, OPTIONAL_ARGUMENTS
from gconv_lint.rulebook.predicate import PredicateError, names_in
from gconv_lint.words import nearest

SEVERITIES = tuple(severity.value for severity in Severity)
CATEGORIES = ("correctness", "connectivity", "design", "training", "style", "suppression")
SAFETIES = ("safe", "unsafe", "none")
REQUIRED = (
    *("code", "name", "summary", "severity", "category", "default", "since", "match", "when"),
    *("message", "help", "why", "exceptions", "fix", "references", "examples"),
)
OPTIONAL = ("raises", "strict", "options", "opinion", "preview")
EXPECT = re.compile(r"#\s*expect:\s*([A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)")

#: Files of examples, relative to their folder.
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*")

Say = Callable[[str, str], None]
Check = Callable[[str, Any, Say], None]


class RuleError(ValueError):
    """A rule file that cannot be used; one clear sentence per line."""


def mistakes(data: Any, where: str) -> list[str]:
    """Every mistake of the rule file ``where``, of which ``data`` is the content; none when it can be used."""
    if not isinstance(data, dict):
        return [f"{where}: a rule file is a mapping of keys to values, not {_shown(data)}"]
    found: list[str] = []

    def say(key: str, sentence: str) -> None:
        found.append(f"{where}: `{key}` {sentence}")

    _keys(data, REQUIRED, OPTIONAL, say)
    for key, check in _CHECKS.items():
        if key in data:
            check(key, data[key], say)
    if not found:
        _words(data, say)
        _examples(data, say)
    return found


def _shown(value: Any) -> str:
    text = repr(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _keys(data: Mapping[str, Any], required: Collection[str], optional: Collection[str], say: Say) -> None:
    allowed = (*required, *optional)
    for key in data:
        if key not in allowed:
            say(str(key), f"is no key here{nearest(str(key), allowed)}; allowed are {', '.join(allowed)}")
    for key in required:
        if key not in data:
            say(key, "is missing")


def _text(key: str, value: Any, say: Say) -> None:
    if not isinstance(value, str) or not value.strip():
        say(key, f"is {_shown(value)}, but has to be a text")


def _pattern(pattern: str, meaning: str) -> Check:
    def check(key: str, value: Any, say: Say) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            say(key, f"is {_shown(value)}, but has to be {meaning}")

    return check


def _one_of(allowed: tuple[str, ...]) -> Check:
    def check(key: str, value: Any, say: Say) -> None:
        if value not in allowed:
            say(key, f"is {_shown(value)}{nearest(str(value), allowed)}; allowed are {', '.join(allowed)}")

    return check


def _flag(key: str, value: Any, say: Say) -> None:
    if not isinstance(value, bool):
        say(key, f"is {_shown(value)}; allowed are true, false")


def _texts(key: str, value: Any, say: Say) -> None:
    if not isinstance(value, list):
        say(key, f"is {_shown(value)}, but has to be a list of texts")
        return
    for item in value:
        _text(key, item, say)


def kinds_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of subjects that a rule matches, one or several in the file."""
    match = data["match"]
    return tuple(match) if isinstance(match, list) else (match,)


def _match(key: str, value: Any, say: Say) -> None:
    for kind in value if isinstance(value, list) and value else [value]:
        _one_of(facts.kinds())(key, kind, say)


def _mapping(required: tuple[str, ...], optional: tuple[str, ...] = ()) -> Check:
    def check(key: str, value: Any, say: Say) -> None:
        if not isinstance(value, dict):
            say(key, f"is {_shown(value)}, but has to be a mapping with {', '.join(required + optional)}")
            return
        _keys(value, required, optional, lambda inner, sentence: say(f"{key}.{inner}", sentence))

    return check


def _inner(key: str, value: Mapping[str, Any], checks: Mapping[str, Check], say: Say) -> None:
    """Check the values of a mapping that has them."""
    for name, check in checks.items():
        if name in value:
            check(f"{key}.{name}", value[name], say)


def _fix(key: str, value: Any, say: Say) -> None:
    _mapping(("safety", "description"), ("action", "with", "title"))(key, value, say)
    if not isinstance(value, dict):
        return
    _inner(key, value, {"description": _text, "title": _text, "action": _text, "with": _any_mapping}, say)
    if "safety" in value:
        _one_of(SAFETIES)(f"{key}.safety", value["safety"], say)
    if "action" in value:
        _action(key, value, say)
    elif "with" in value:
        say(f"{key}.with", "needs an `action` that takes these arguments")


def _action(key: str, fix: Mapping[str, Any], say: Say) -> None:
    """Check the action of a fix: that there is one of that name, and that it gets the arguments it takes."""
    _one_of(tuple(ACTION_ARGUMENTS))(f"{key}.action", fix["action"], say)
    if fix.get("safety") == "none":
        say(f"{key}.action", "needs a `safety` of safe or unsafe")
    takes = ACTION_ARGUMENTS.get(str(fix["action"]))
    if takes is not None and (takes or "with" in fix):
        needed, optional = (tuple(n for n in takes if (n in OPTIONAL_ARGUMENTS) is chosen) for chosen in (False, True))
        _mapping(needed, optional)(f"{key}.with", fix.get("with"), say)


def _options(key: str, value: Any, say: Say) -> None:
    if not isinstance(value, dict):
        say(key, f"is {_shown(value)}, but has to be a mapping of names to `default` and `doc`")
        return
    for name, option in value.items():
        _pattern(r"[a-z]\w*", "a name in lower case")(f"{key}.{name}", name, say)
        _mapping(("default", "doc"))(f"{key}.{name}", option, say)
        if isinstance(option, dict):
            _inner(f"{key}.{name}", option, {"doc": _text}, say)


def _opinion(key: str, value: Any, say: Say) -> None:
    _mapping(("for", "against"))(key, value, say)
    if isinstance(value, dict):
        _inner(key, value, {"for": _text, "against": _text}, say)


def _any_mapping(key: str, value: Any, say: Say) -> None:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        say(key, f"is {_shown(value)}, but has to be a mapping of names to values")


def _files(key: str, value: Any, say: Say) -> None:
    """Check files by path: they are written to a folder of the test, and nowhere else."""
    if not isinstance(value, dict) or not value or not all(isinstance(text, str) for text in value.values()):
        say(key, f"is {_shown(value)}, but has to be a mapping of paths to texts")
        return
    for path in value:
        if not isinstance(path, str) or not PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
            say(key, f"has the path {_shown(path)}; allowed are names of files and folders joined by /")


def _fixed(key: str, value: Any, say: Say) -> None:
    (_files if isinstance(value, dict) else _text)(key, value, say)


def _example_lists(key: str, value: Any, say: Say) -> None:
    _mapping(("bad", "good"), ("undecided",))(key, value, say)
    if not isinstance(value, dict):
        return
    for kind, examples in value.items():
        if not isinstance(examples, list) or not examples:
            say(f"{key}.{kind}", f"is {_shown(examples)}, but has to be a list of at least one example")
            continue
        for example in examples:
            _example(f"{key}.{kind}", example, say)


def _example(key: str, value: Any, say: Say) -> None:
    _mapping(("name",), ("code", "files", "options", "thread", "model", "input", "fixed", "measured"))(key, value, say)
    if not isinstance(value, dict):
        return
    _inner(key, value, _EXAMPLE_CHECKS, say)
    if ("code" in value) == ("files" in value):
        say(key, f"has an example {_shown(value.get('name'))} that needs either `code` or `files`")
    if ("model" in value) != ("input" in value) or ("model" in value and "files" in value):
        say(
            key, f"has an example {_shown(value.get('name'))} whose `model` needs an `input` and `code`, and only those"
        )
    if "measured" in value:
        _mapping(("own", "dense"))(f"{key}.measured", value["measured"], say)
        if "model" not in value:
            say(key, f"has an example {_shown(value.get('name'))} whose `measured` needs a `model`")


_EXAMPLE_CHECKS: dict[str, Check] = {
    **dict.fromkeys(("name", "code", "thread", "model", "input"), _text),
    "files": _files,
    "fixed": _fixed,
    "options": _any_mapping,
}
_CHECKS: dict[str, Check] = {
    "code": _pattern(r"[A-Z]{2,6}\d{3}", "capital letters and three digits, such as GC002"),
    "name": _pattern(r"[a-z0-9]+(-[a-z0-9]+)*", "words in lower case joined by hyphens"),
    "summary": _text,
    "severity": _one_of(SEVERITIES),
    "category": _one_of(CATEGORIES),
    "default": _flag,
    "preview": _flag,
    "since": _pattern(r"\d+\.\d+\.\d+", "a version in quotes, such as '0.1.0'"),
    "match": _match,
    "when": _text,
    "raises": _text,
    "strict": _one_of(SEVERITIES),
    "message": _text,
    "help": _text,
    "why": _text,
    "exceptions": _texts,
    "references": _texts,
    "fix": _fix,
    "options": _options,
    "opinion": _opinion,
    "examples": _example_lists,
}


def _words(data: Mapping[str, Any], say: Say) -> None:
    """Check that the condition and the texts use words that the rule's subjects and options have."""
    words = {word for kind in kinds_of(data) for word in facts.words_of(kind)}
    allowed = sorted(words | set(data.get("options", {})))
    try:
        used = {"when": names_in(data["when"])}
    except PredicateError as error:
        say("when", f"cannot be used: {error}")
        return
    used |= {key: _placeholders(data[key]) for key in ("message", "help")}
    fix = data["fix"]
    used |= {f"fix.with.{name}": _placeholders(str(text)) for name, text in fix.get("with", {}).items()}
    used["fix.title"] = _placeholders(fix.get("title", ""))
    for key, names in used.items():
        for name in sorted(names - set(allowed)):
            say(key, f"has the unknown word `{name}`{nearest(name, allowed)}; allowed are {', '.join(allowed)}")


def _placeholders(text: str) -> frozenset[str]:
    from string import Formatter

    try:
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return frozenset({text})
    # What is filled in is any kind of value: no way to print one suits them all.
    return frozenset(f"{name}{f'!{kind}' if kind else ''}{f':{form}' if form else ''}" for _, name, form, kind in found)


def sources_of(example: Mapping[str, Any]) -> dict[str, str]:
    """The files of an example; a single text is ``example.py``."""
    return dict(example["files"]) if "files" in example else {"example.py": example["code"]}


def fixed_of(example: Mapping[str, Any]) -> dict[str, str]:
    """The files of an example that its fix changes, as they read then."""
    fixed = example.get("fixed", {})
    return dict(fixed) if isinstance(fixed, dict) else {"example.py": fixed}


def _examples(data: Mapping[str, Any], say: Say) -> None:
    """Check that examples differ, and that the bad ones, and no others, expect this rule."""
    seen: dict[str, str] = {}
    for kind, examples in data["examples"].items():
        for example in examples:
            name, sources = example["name"], sources_of(example)
            text = repr((sorted(sources.items()), example.get("options")))
            if seen.setdefault(text, name) is not name:
                say(f"examples.{kind}", f"has `{name}`, the same code as `{seen[text]}`")
            if (kind == "bad") != (data["code"] in _expected("\n".join(sources.values()))):
                say(
                    f"examples.{kind}",
                    f"has `{name}`: `# expect: {data['code']}` belongs in bad examples and only there",
                )


def _expected(text: str) -> set[str]:
    return {code.strip() for match in EXPECT.finditer(text) for code in match.group(1).split(",")}
