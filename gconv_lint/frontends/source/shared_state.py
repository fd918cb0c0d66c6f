"""What the functions of a module may change that they do not own, read from its text: nobody knows who calls them."""

from __future__ import annotations

import re
from typing import NamedTuple

_GLOBAL = re.compile(r"^[ \t]+global[ \t]+([\w, \t]+)", re.MULTILINE)
_ITEM = re.compile(r"^[ \t]+(\w+)(?:\[[^\]\n]*\])+\s*(?:[-+*/|&]|//)?=(?!=)", re.MULTILINE)
_GROWN = re.compile(
    r"^[ \t]+(?:\w+\s*=\s*)?(\w+)\.(?:append|extend|insert|update|pop|setdefault|clear|remove|popitem)\(", re.MULTILINE
)
_OF_CLASS = re.compile(r"^[ \t]+(\w+)\.(\w+)\s*(?:[-+*/|&]|//)?=(?!=)", re.MULTILINE)


class SharedState(NamedTuple):
    """Global names that functions bind, containers that they change, and ``(owner, attribute)`` that they store."""

    names: frozenset[str]
    containers: frozenset[str]
    attributes: frozenset[tuple[str, str]]

    def of_class(self, name: str) -> set[str]:
        """The attributes of a class that somebody stores."""
        return {attribute for owner, attribute in self.attributes if owner in (name, "cls")}


def shared_state(text: str) -> SharedState:
    """What the indented code of a module may change of the module's own."""
    names = [word.strip() for match in _GLOBAL.findall(text) for word in match.split(",")] if "global" in text else []
    attributes = [pair for pair in _OF_CLASS.findall(text) if pair[0] != "self"]
    return SharedState(
        frozenset(names), frozenset([*_ITEM.findall(text), *_GROWN.findall(text)]), frozenset(attributes)
    )


def is_used(name: str, text: str) -> bool:
    """Whether somebody calls a method of an object, or stores to its attributes."""
    return re.search(rf"\b{re.escape(name)}\.\w+\s*(?:\(|(?:[-+*/|&]|//)?=(?!=))", text) is not None
