"""Data of ``gconv_lint.model`` as JSON and back: no code is run, whatever the text says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

#: Modules whose named tuples and enumerations may be told.
MODULES = ("findings", "fixes", "places", "report", "graph", "layers")
_LARGEST = 2**63


def encode(value: Any) -> Any:
    """A value as JSON can hold it; what is no plain data is told by its text."""
    if value is None or (isinstance(value, (bool, str)) and not isinstance(value, Enum)):
        return value
    kind = type(value)
    if isinstance(value, Enum):
        return {"enum": kind.__name__, "is": value.value}
    if isinstance(value, int):
        return int(value) if abs(value) < _LARGEST else f"an integer of {value.bit_length()} bits"
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    if kind.__name__ in _kinds():
        return {"is a": kind.__name__, **{name: encode(getattr(value, name)) for name in _fields(kind)}}
    if isinstance(value, (tuple, set, frozenset)):
        return {"tuple": [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": [[encode(key), encode(item)] for key, item in value.items()], "counts": kind is Counter}
    return str(value)


def decode(data: Any) -> Any:
    """The value. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for what ``encode`` never gives."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if not isinstance(data, dict):
        return data
    if "tuple" in data:
        return tuple(decode(item) for item in data["tuple"])
    if "map" in data:
        found = {decode(key): decode(item) for key, item in data["map"]}
        return Counter(found) if data["counts"] else found
    if "enum" in data:
        return _kinds()[data["enum"]](data["is"])
    fields = {name: decode(item) for name, item in data.items() if name != "is a"}
    return _kinds()[data["is a"]](**fields)


@cache
def _kinds() -> dict[str, Any]:
    modules = [import_module(f"gconv_lint.model.{name}") for name in MODULES]
    found = {name: kind for module in modules for name, kind in vars(module).items() if isinstance(kind, type)}
    return {name: k for name, k in found.items() if _fields(k) or (issubclass(k, Enum) and k is not Enum)}


def _fields(kind: Any) -> tuple[str, ...]:
    return getattr(kind, "_fields", ())
