"""One rule explained in Markdown: for ``gconv-lint rule`` and for the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gconv_lint.rulebook.document import Example, RuleDocument

_EXPECT = re.compile(r"[ \t]*#\s*expect:.*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w+)[^}]*\}")
_WORD = r"`\1`"
_THREAD = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+)#(?P<number>\d+)")
_TITLED = re.compile(r"(?P<title>.+?)\s*<(?P<url>https?://[^>\s]+)>")


def markdown(document: RuleDocument) -> str:
    """The whole page, with a final newline."""
    info = document.rule.info
    parts = [f"# {info.name} ({info.code})", info.summary, _identity(document), *_sections(document)]
    return "\n\n".join(parts) + "\n"


def plain_help(document: RuleDocument) -> str:
    """What to do about a finding, without Markdown."""
    return _advice(document).replace("`", "")


def as_data(document: RuleDocument) -> dict[str, Any]:
    """What ``gconv-lint rule --output-format json`` prints of one rule."""
    rule, info = document.rule, document.rule.info
    return {
        "code": info.code,
        "name": info.name,
        "summary": info.summary,
        "severity": info.severity.value,
        "category": info.category,
        "default": info.default,
        "opinion": document.opinion is not None,
        "since": document.since,
        "message": rule.message,
        "help": rule.help,
        "fix": {"safety": document.fix.safety, "description": document.fix.description},
        "options": {
            name: {"default": default, "doc": document.option_docs.get(name, "")}
            for name, default in rule.options.items()
        },
        "references": list(document.references),
        "url": info.url,
        "explanation": markdown(document),
    }


def _identity(document: RuleDocument) -> str:
    info, strict = document.rule.info, document.rule.strict
    severity = f"Severity: {info.severity.value}" + (f" ({strict.value} with `--strict`)" if strict else "")
    opinion = ["an opinion"] if document.opinion else []
    state = "on by default" if info.default else "off by default: select it to use it"
    return " · ".join([severity, *opinion, f"category: {info.category}", state, f"since {document.since}"])


def _sections(document: RuleDocument) -> Iterator[str]:
    yield f"## Why\n\n{document.why}"
    yield from _examples("Example", document.examples.bad[:1])
    yield from _examples("Not reported", document.examples.good[:2])
    if document.exceptions:
        yield f"## Exceptions\n\n{_bullets(document.exceptions)}"
    yield f"## What to do\n\n{_advice(document)}"
    if document.rule.options:
        yield _options(document)
    if document.opinion:
        yield "## For and against\n\nFor: {}\n\nAgainst: {}".format(*map(_sentence, document.opinion))
    if document.references:
        yield f"## References\n\n{_bullets(map(_reference, document.references))}"


def _advice(document: RuleDocument) -> str:
    """The help text, unless it is all computed, and how the mistake is corrected."""
    fix = document.fix
    label = "" if fix.safety == "none" else f"Fix ({fix.safety}): "
    helped = "" if _PLACEHOLDER.fullmatch(document.rule.help) else _PLACEHOLDER.sub(_WORD, document.rule.help)
    return "\n\n".join(part for part in (_sentence(helped), label + fix.description) if part)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}." if text else ""


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _examples(heading: str, examples: Sequence[Example]) -> Iterator[str]:
    if examples:
        yield "\n\n".join([f"## {heading}", *map(_example, examples)])


def _example(example: Example) -> str:
    several = len(example.files) > 1
    blocks = [_fence(path if several else "", text) for path, text in example.files.items()]
    settings = [f"`{name.replace('_', '-')} = {value!r}`" for name, value in example.options.items()]
    run = [f"`{example.model}` run on {example.input}"] if example.model else []
    run += [f"{what} {time} us" for what, time in example.measured.items()]
    heading = ", with ".join([_sentence(example.name)[:-1], *settings, *run])
    return "\n\n".join([f"{heading}:", *blocks])


def _fence(path: str, text: str) -> str:
    comment = f"# {path}\n" if path else ""
    return f"```python\n{comment}{_EXPECT.sub('', text).strip()}\n```"


def _options(document: RuleDocument) -> str:
    rows = [f"## Options\n\nIn `[tool.gconv-lint.rules.{document.rule.info.code}]`:\n"]
    rows += ["| option | default | meaning |", "|---|---|---|"]
    for name, default in document.rule.options.items():
        doc = _sentence(document.option_docs.get(name, ""))
        rows.append(f"| `{name.replace('_', '-')}` | {shown_default(default)} | {doc} |")
    return "\n".join(rows)


def shown_default(default: object) -> str:
    """An option's default as its table shows it."""
    return "none: the rule judges nothing" if default is None else f"`{default}`"


def _reference(text: str) -> str:
    if thread := _THREAD.fullmatch(text):
        return f"[{text}](https://github.com/{thread['repo']}/issues/{thread['number']})"
    if titled := _TITLED.fullmatch(text):
        return f"[{titled['title']}]({titled['url']})"
    return text
