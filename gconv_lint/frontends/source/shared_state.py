"""What the functions of a module may change that they do not own, read from its text: nobody knows who calls them.

Patterns begin with a literal, which is found at the speed of memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GLOBAL = re.compile(r"global[ \t]+(\w[\w, \t]*)")
_STORES = r"\s*(?:[-+*/|&]|//)?=(?!=)"
_MUTATES = r"\.(?:append|extend|insert|update|pop|setdefault|clear|remove|popitem|add)\("
#: What an instance does to attributes by other ways than ``self.name = ...``.
_INSIDE_SELF = re.compile(rf"self\.(\w+)(?=(?:\[[^\]\n]*\])*(?:(?<=\]){_STORES}|{_MUTATES}))")
_THROUGH_CLASS = re.compile(
    rf"(?:__class__|type\(self\))\.(\w+)(?:(?:\[[^\]\n]*\])*{_STORES}|(?:\[[^\]\n]*\])*{_MUTATES})"
)
#: Stores of attributes whose names no text shows.
_GIVEN_AWAY = re.compile(r"\((?:(?<=setattr\()|(?<=vars\()|(?<=delattr\()|(?<=patch\.object\())\s*(\w+)")
_WAYS = ("setattr(", "vars(", "delattr(", "patch.object(", "patch(")
_OWN_TABLE = re.compile(r"\b(\w+)\.__dict__")
_CHANGES = re.compile(
    rf"(?:\[[^\]\n]*\])+{_STORES}|\.(?:append|extend|insert|update|pop|setdefault|clear|remove|popitem)\("
)


#: Where statements begin that may change what a name stands for: at the start of a line, and behind a colon.
_AT_START = re.compile(r"\n[ \t\f]*(?=[@\w])(?!self\b)(?:@[ \t\f]*)?(\w+)(?=[.\[])")
_BEHIND = re.compile(r":[ \t\f]*(\w+)(?=[.\[])")
#: What may stand before a statement on its line.
_HEAD = re.compile(r"(?:def|if|else|for|while|with|try)\b.*:$")
#: Behind a name: ``.attribute = ...``, ``[...] = ...``, ``.append(...)``.
_CHANGED = re.compile(
    r"(?:\.(\w+)|\[[^\]\n]*\])(?:\.\w+|\[[^\]\n]*\])*"
    rf"(?:{_STORES}|\((?<=\.(?:append|extend|insert|remove|update)\())"
)
_ASKED = re.compile(r"\.\w+\(")
#: Stands for all that an object holds.
EVERYTHING = "*"
_GLOBALS = re.compile(r"\bglobals\(\)(?!\s*\[[^\]\n]*\](?!\s*=[^=])|\.get\(|\.items\()|\bexec\(")
#: Layers and functions of torch that a text puts something else in the place of.
_PATCHED = re.compile(r"\.(?:(?<=nn\.)|(?<=F\.)|(?<=functional\.))(\w+)[ \t]*=(?!=)")
_PATCHED_BY_NAME = re.compile(
    r"setattr\(\s*[\w.]*\b(?:nn|F|functional),\s*[\"'](\w+)"
    r"|patch(?:\.object)?\(\s*(?:[\"']torch\.nn\.(?:functional\.)?|[\w.]*\b(?:nn|F|functional),\s*[\"'])(\w+)"
)


_OWNER = re.compile(r"[ \t]*(?:[\w.]*\.)?(?:nn|F|functional)")


def patched_names(text: str) -> set[str]:
    """The names in ``torch.nn`` and its functions that somebody assigns to."""
    starts = [(m.start(), m[1]) for m in _PATCHED.finditer(text)]
    found = {name for start, name in starts if _OWNER.fullmatch(text, text.rfind("\n", 0, start) + 1, start)}
    if any(way in text for way in _WAYS):
        found.update(name for names in _PATCHED_BY_NAME.findall(text) for name in names if name)
    return {f"torch.nn.{name}" if name[:1].isupper() else f"torch.nn.functional.{name}" for name in found}


class SharedState:
    """What the text of one file says about the state that it shares with others, worked out when it is asked for."""

    __slots__ = ("_given_away", "_text", "_through", "_uses")

    def __init__(self, text: str) -> None:
        self._text = text
        self._through: set[str] | None = None
        self._given_away: set[str] | None = None
        self._uses: dict[str, list[int]] | None = None

    def changes_of(self, name: str) -> set[str]:
        """The attributes that statements store in the object of a name; "" for its items, ``EVERYTHING`` for calls."""
        if self._uses is None:
            self._uses = _uses(self._text)
        if name == "self":
            return {EVERYTHING}  # Its uses, which are most of all, are left out; nobody calls a class so.
        text, found = self._text, set()
        for end in self._uses.get(name, ()):
            start = end - len(name)
            before = text[text.rfind("\n", 0, start) + 1 : start].strip()
            if not before or _HEAD.match(before):
                found |= _changed_at(text, end)
            elif before == "@":
                found.add(EVERYTHING)
        return found

    def class_attributes(self, name: str) -> set[str]:
        """The attributes of a class that somebody stores or changes by its name, by ``cls``, or through an instance."""
        if self._through is None:
            text = self._text
            found = {*_INSIDE_SELF.findall(text), *self.changes_of("cls")}
            if "__class__." in text or "type(self)." in text:
                found.update(_THROUGH_CLASS.findall(text))
            self._through = found
        return self._through | self.changes_of(name)

    def is_given_away(self, name: str) -> bool:
        """Whether somebody may store attributes of a class or object whose names no text shows."""
        if self._given_away is None:
            text = self._text
            self._given_away = set(_GIVEN_AWAY.findall(text)) if any(way in text for way in _WAYS) else set()
            if ".__dict__" in text:
                self._given_away.update(_OWN_TABLE.findall(text))
        return name in self._given_away

    def is_used(self, name: str) -> bool:
        """Whether somebody calls a method of an object, or stores to its attributes."""
        if f"{name}." not in self._text:
            return False
        return re.search(rf"{re.escape(name)}\.\w+\s*(?:\(|(?:[-+*/|&]|//)?=(?!=))", self._text) is not None


def _uses(text: str) -> dict[str, list[int]]:
    """Where names end that statements may begin with; one walk over a text costs less than a search for each name."""
    found: dict[str, list[int]] = {}
    for match in _AT_START.finditer("\n" + text):
        found.setdefault(match[1], []).append(match.end() - 1)
    for match in _BEHIND.finditer(text):
        if _HEAD.match(text[text.rfind("\n", 0, match.start()) + 1 : match.start() + 1].strip()):
            found.setdefault(match[1], []).append(match.end())
    return found


def _changed_at(text: str, end: int) -> set[str]:
    match = _CHANGED.match(text, end)
    if match is not None:
        return {match[1] or ""}
    return {EVERYTHING} if _ASKED.match(text, end) else set()


def changes_globals(text: str) -> bool:
    """Whether a text may bind names of its module that no statement shows."""
    return ("globals()" in text or "exec(" in text) and _GLOBALS.search(text) is not None


def global_names(text: str) -> set[str]:
    """The names that functions declare ``global``."""
    return {word.strip() for match in _GLOBAL.findall(text) for word in match.split(",")}


def changed_inside(names: Iterable[str], text: str) -> set[str]:
    """Those of some containers that indented code changes in place."""
    return {name for name in names if _is_changed(name, text)}


def _is_changed(name: str, text: str) -> bool:
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if _CHANGES.match(text, end) and text[text.rfind("\n", 0, start) + 1 : start][:1].isspace():
            return True
        start = text.find(name, end)
    return False
