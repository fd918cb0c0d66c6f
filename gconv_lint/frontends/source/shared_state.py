"""What the functions of a module may change that they do not own, read from its text: nobody knows who calls them.

Patterns begin with a literal, which is found at the speed of memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_GLOBAL = re.compile(r"global[ \t]+(\w[\w, \t]*)")
_STORES = r"\s*(?:[-+*/|&]|//)?=(?!=)"
_ATTRIBUTE = re.compile(rf"\.(\w+){_STORES}")
_CHANGES = re.compile(
    rf"(?:\[[^\]\n]*\])+{_STORES}|\.(?:append|extend|insert|update|pop|setdefault|clear|remove|popitem)\("
)


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


def class_attributes(name: str, text: str) -> set[str]:
    """The attributes of a class that somebody stores by its name, or by ``cls``."""
    return {*_attributes("cls", text), *_attributes(name, text)}


def _attributes(owner: str, text: str) -> Iterator[str]:
    start = text.find(f"{owner}.")
    while start >= 0:
        match = _ATTRIBUTE.match(text, start + len(owner))
        if match is not None:
            yield match[1]
        start = text.find(f"{owner}.", start + 1)


def is_used(name: str, text: str) -> bool:
    """Whether somebody calls a method of an object, or stores to its attributes."""
    return re.search(rf"{re.escape(name)}\.\w+\s*(?:\(|(?:[-+*/|&]|//)?=(?!=))", text) is not None
