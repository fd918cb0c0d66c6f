"""Reads comments that speak to the linter: ``# noqa: GC101``, ``# gconv-lint: ignore[name]``, ``file-ignore``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gconv_lint.words import nearest

IGNORE, FILE_IGNORE = "ignore", "file-ignore"
DIRECTIVES = (IGNORE, FILE_IGNORE)
_NOQA = r"(?i)#\s*noqa\b(?P<colon>\s*:)?(?P<rest>[^#]*)"
_OWN = r"#\s*gconv-lint\s*:\s*(?P<name>[\w-]*)\s*(?P<bracket>\[(?P<words>[^\]#]*)(?P<close>\])?)?"
_CODE = r"(?i)[A-Z]+[0-9]+"
_OUR_CODE = r"(?i)GC[0-9]{3}"
_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)+"
_SEPARATORS = re.compile(r"[\s,]+")
#: Lines that may speak to us by name, whatever was found on them.
_ADDRESSED = r"(?i)gconv-lint\s*:|#\s*noqa\b\s*:?[^#]*?(?<![\w-])(?:GC[0-9]{3}|[a-z0-9]+(?:-[a-z0-9]+)+)(?![\w-])"


class Comment(NamedTuple):
    """One directive: the rules that it names as the user wrote them, ``None`` for all; ``fault`` says what is wrong."""

    line: int
    column: int
    text: str
    words: tuple[str, ...] | None
    whole_file: bool = False
    own: bool = True
    fault: str = ""

    def covers(self, first: int, last: int) -> bool:
        """Whether it is on one of some lines, or for the whole file."""
        return self.whole_file or first <= self.line <= last

    def names(self, code: str, name: str) -> bool:
        """Whether it silences a rule."""
        return self.words is None or any(word.upper() == code or word == name for word in self.words)


def may_speak(data: bytes) -> bool:
    """Whether a file may have such a comment with the name of a rule; cheap enough for every file."""
    return b"gconv-lint" in data or (any(word in data for word in (b"noqa", b"NOQA", b"NoQA")) and _names_us(data))


def _names_us(data: bytes) -> bool:
    return re.search(_ADDRESSED, data.decode(errors="replace")) is not None


def find(text: str, known: Mapping[str, str], lines: Sequence[range] = ()) -> list[Comment]:
    """The directives that name a rule or us, and all those on the given ``lines``, each a range.

    ``known`` has the code of a rule by each word that means it.
    """
    if "noqa" not in text.lower() and "gconv-lint" not in text:
        return []
    split = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    wanted = {number for number, line in enumerate(split, 1) if "#" in line and re.search(_ADDRESSED, line)}
    wanted |= {n for span in lines for n in span if n <= len(split) and re.search(_NOQA, split[n - 1])}
    return [found for token in _tokens(split, wanted) for found in _directives(*token, known)] if wanted else []


def _tokens(lines: Sequence[str], wanted: set[int]) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of comments by Python's own tokens: a ``# noqa`` inside a string is none."""
    import tokenize

    last = max(wanted)
    feed = iter(f"{line}\n" for line in lines)
    try:
        for token in tokenize.generate_tokens(lambda: next(feed, "")):
            if token.start[0] > last:
                return
            if token.type == tokenize.COMMENT and token.start[0] in wanted:
                yield token.start[0], token.start[1] + 1, token.string
    except (tokenize.TokenError, SyntaxError):
        return  # What parsed but does not tokenize ends early: what was read until there counts.


def _directives(line: int, column: int, comment: str, known: Mapping[str, str]) -> Iterator[Comment]:
    for match in re.finditer(_NOQA, comment):
        yield from _noqa(line, column + match.start(), match, known)
    for match in re.finditer(_OWN, comment):
        yield _own(line, column + match.start(), match, known)


def _noqa(line: int, column: int, match: re.Match[str], known: Mapping[str, str]) -> Iterator[Comment]:
    words = [word for word in _SEPARATORS.split(match["rest"]) if word]
    if not match["colon"]:
        code = words[0] if words and re.fullmatch(_OUR_CODE, words[0]) else ""
        fault = f"without a colon before {code}, this comment silences every finding of every tool" if code else ""
        yield Comment(line, column, match[0].rstrip(), None, own=False, fault=fault)
        return
    named: list[str] = []
    for word in words:
        if not (re.fullmatch(_CODE, word) or re.fullmatch(_NAME, word)):
            break
        named.append(word)
    strange = [word for word in named if re.fullmatch(_OUR_CODE, word) and word.upper() not in known]
    fault = _unknown(strange[0].upper(), known) if strange else ""
    if named:
        yield Comment(line, column, match[0].rstrip(), tuple(named), own=False, fault=fault)


def _own(line: int, column: int, match: re.Match[str], known: Mapping[str, str]) -> Comment:
    name, listed = match["name"], match["words"]
    words = tuple(word for word in _SEPARATORS.split(listed) if word) if match["bracket"] else None
    strange = [word for word in words or () if word not in known]
    fault = ""
    if name not in DIRECTIVES:
        fault = f"`{name}` is no directive{nearest(name, DIRECTIVES)}; allowed are {' and '.join(DIRECTIVES)}"
        words = ()
    elif match["bracket"] and not match["close"]:
        fault = "the bracket is not closed"
    elif words == ():
        fault = "the brackets name no rule"
    elif strange:
        fault = _unknown(strange[0], known)
    return Comment(line, column, match[0].rstrip(), words, name == FILE_IGNORE, fault=fault)


def _unknown(word: str, known: Mapping[str, str]) -> str:
    return f"no rule is called `{word}`{nearest(word, known)}"
