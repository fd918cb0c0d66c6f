"""What the functions of a module may change that they do not own, read from its text: nobody knows who calls them.

Patterns begin with a literal, which is found at the speed of memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GLOBAL = re.compile(r"global[ \t]+(\w[\w, \t]*)")
_STORES = r"\s*(?:[-+*/|&]|//)?=(?!=)"
_MUTATES = r"\.(?:append|extend|insert|update|pop|setdefault|clear|remove|popitem|add)\("
_CHANGES_OF_CLASS = rf"\.(\w+)(?:(?:\[[^\]\n]*\])*{_STORES}|(?:\[[^\]\n]*\])*{_MUTATES})"
_OF_CLASS = re.compile(rf"(?:cls|__class__|type\(self\)){_CHANGES_OF_CLASS}")
_ITEMS_OF_SELF = re.compile(rf"self\.(\w+)(?:(?:\[[^\]\n]*\])+{_STORES}|(?:\[[^\]\n]*\])*{_MUTATES})")
_CHANGES = re.compile(
    rf"(?:\[[^\]\n]*\])+{_STORES}|\.(?:append|extend|insert|update|pop|setdefault|clear|remove|popitem)\("
)


#: ``name.attribute = ...``, ``name[...] = ...`` and ``name.append(...)`` as statements.
_REACHING = re.compile(
    r"^[ \t]*(?!self\.)(\w+)(?:\.(\w+)|\[[^\]\n]*\])(?:\.\w+|\[[^\]\n]*\])*"
    rf"(?:{_STORES}|\((?<=\.(?:append|extend|insert|remove|update)\())",
    re.MULTILINE,
)
#: ``name.method(...)`` as a statement, and ``@name.method``.
_ASKING = re.compile(r"^[ \t]*(?:@(\w+)\.\w|(?!self\.)(\w+)\.\w+\()", re.MULTILINE)
#: Stands for all that an object holds.
EVERYTHING = "*"
_GLOBALS = re.compile(r"\bglobals\(\)(?!\s*\[[^\]\n]*\](?!\s*=[^=])|\.get\(|\.items\()|\bexec\(")
#: Layers and functions of torch that a text puts something else in the place of.
_PATCHED = re.compile(
    r"^[ \t]*(?:[\w.]*\.)?(?:nn|F|functional)\.(\w+)[ \t]*=(?!=)"
    r"|setattr\(\s*[\w.]*\b(?:nn|F|functional),\s*[\"'](\w+)"
    r"|patch(?:\.object)?\(\s*(?:[\"']torch\.nn\.(?:functional\.)?|[\w.]*\b(?:nn|F|functional),\s*[\"'])(\w+)",
    re.MULTILINE,
)


def patched_names(text: str) -> set[str]:
    """The names in ``torch.nn`` and its functions that somebody assigns to."""
    found = {name for names in _PATCHED.findall(text) for name in names if name}
    return {f"torch.nn.{name}" if name[:1].isupper() else f"torch.nn.functional.{name}" for name in found}


def reached(text: str) -> dict[str, set[str]]:
    """Names whose object some statement changes, with the attributes that it stores; "" stands for its items."""
    found: dict[str, set[str]] = {}
    for name, attribute in _REACHING.findall(text):
        found.setdefault(name, set()).add(attribute)
    for decorator, name in _ASKING.findall(text):
        found.setdefault(decorator or name, set()).add(EVERYTHING)
    return found


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


def class_attributes(name: str, text: str) -> set[str]:
    """The attributes of a class that somebody stores or changes by its name, by ``cls``, or through an instance."""
    found = set(_OF_CLASS.findall(text)) | set(_ITEMS_OF_SELF.findall(text))
    return found | set(re.findall(rf"\b{re.escape(name)}{_CHANGES_OF_CLASS}", text)) if f"{name}." in text else found


def is_given_away(name: str, text: str) -> bool:
    """Whether somebody may store attributes of a class or object whose names no text shows."""
    word = re.escape(name)
    return re.search(rf"(?:setattr|vars|delattr|patch\.object)\(\s*{word}\b|\b{word}\.__dict__", text) is not None


def is_used(name: str, text: str) -> bool:
    """Whether somebody calls a method of an object, or stores to its attributes."""
    return re.search(rf"{re.escape(name)}\.\w+\s*(?:\(|(?:[-+*/|&]|//)?=(?!=))", text) is not None
