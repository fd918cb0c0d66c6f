"""Checks what ``[[tool.gconv-lint.models]]`` and the flags of ``gconv-lint model`` say of models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gconv_lint.model.targets import Input, Target
from gconv_lint.selection import SettingError
from gconv_lint.settings import not_allowed, unknown_key
from gconv_lint.words import nearest

DTYPES = (
    *("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"),
    *("complex64", "complex128"),
)
_SUFFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
_BYTES = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
#: What a name of a model has to look like.
NAMES = "path/file.py:name or pkg.module:name"


def parse_input(text: str) -> Input:
    """``1x3x224x224:int64`` as an input. Raises ``SettingError``."""
    sizes, _, dtype = text.partition(":")
    parts = sizes.split("x")
    if not all(part.isdecimal() and part.isascii() and int(part) > 0 for part in parts):
        raise SettingError(f"`{text}` is no input; allowed are positive sizes such as 1x3x224x224, or 1x16:int64")
    if dtype and dtype not in DTYPES:
        raise SettingError(f"`{dtype}` is no type of an input{nearest(dtype, DTYPES)}; allowed are {', '.join(DTYPES)}")
    return Input(tuple(map(int, parts)), dtype or "float32")


def parse_argument(text: str) -> tuple[str, Any]:
    """``key=value`` with a Python literal or else a string as value. Raises ``SettingError``."""
    import ast

    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise SettingError(f"`{text}` is no argument; allowed is name=value, such as width=64")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return name, value


def parse_count(text: str) -> int:
    """``25_000_000``, ``25M`` or ``4.1G`` as a number. Raises ``SettingError``."""
    return _counted(text, _SUFFIXES, "a positive number such as 25000000 or 25M")


def parse_bytes(text: str) -> int:
    """``8G`` or ``512M`` as bytes. Raises ``SettingError``."""
    return _counted(text, _BYTES, "a size such as 8G or 512M")


def _counted(text: str, suffixes: Mapping[str, int], allowed: str) -> int:
    factor = suffixes.get(text[-1:].lower(), 1)
    number = text[:-1] if factor > 1 else text
    try:
        found = int(float(number) * factor) if "." in number else int(number) * factor
    except (ValueError, OverflowError):
        found = 0
    if found <= 0:
        raise SettingError(f"`{text}` is no number; allowed is {allowed}")
    return found


def parse_name(text: str) -> str:
    """The name of a model. Raises ``SettingError`` when it has not the form of one."""
    place, colon, name = text.rpartition(":")
    if not colon or not place or not all(part.isidentifier() for part in name.split(".")):
        raise SettingError(f"`{text}` names no model; allowed is {NAMES}")
    return text


def read(where: str, tables: Sequence[object], folder: str) -> tuple[Target, ...]:
    """The models that a pyproject.toml lists, in its order. Raises ``SettingError``."""
    return tuple(_target(f"{where}: models", table, folder) for table in tables)


def _target(where: str, table: object, folder: str) -> Target:
    if not isinstance(table, dict):
        raise SettingError(not_allowed(where, "models", table, "an array of tables: [[tool.gconv-lint.models]]"))
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            raise SettingError(unknown_key(where, key, KEYS))
        field, read_value, allowed = KEYS[key]
        try:
            found = read_value(value)
        except SettingError as error:
            raise SettingError(f"{where}: `{key}`: {error}") from None
        if found is None:
            raise SettingError(not_allowed(where, key, value, allowed))
        values[field] = found
    if "name" not in values:
        raise SettingError(f"{where}: `target` is missing; allowed is {NAMES}")
    return Target(**values, folder=folder)


def _name(value: object) -> str | None:
    return parse_name(value) if isinstance(value, str) else None


def _inputs(value: object) -> tuple[Input, ...] | None:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        return None
    return tuple(parse_input(text) for text in texts)


def _arguments(value: object) -> Mapping[str, Any] | None:
    return value if isinstance(value, dict) and _is_literal(value) else None


def _is_literal(value: object) -> bool:
    if isinstance(value, dict):
        return all(_is_literal(item) for item in value.values())
    if isinstance(value, list):
        return all(map(_is_literal, value))
    return isinstance(value, (str, int, float))


def _count(value: object) -> int | None:
    if isinstance(value, str):
        return parse_count(value)
    return value if type(value) is int and value > 0 else None


_COUNT = 'a positive integer, or a text such as "25M"'
#: key -> the field of a target, the check of the value (``None`` where it is not allowed), and what is allowed.
KEYS: dict[str, tuple[str, Callable[[object], Any], str]] = {
    "target": ("name", _name, NAMES),
    "input": ("inputs", _inputs, 'a text such as "1x3x224x224"'),
    "inputs": ("inputs", _inputs, 'an array of texts such as "1x3x224x224"'),
    "args": ("args", _arguments, "a table of texts, numbers, booleans, arrays and tables"),
    "max-params": ("max_params", _count, _COUNT),
    "max-macs": ("max_macs", _count, _COUNT),
}
