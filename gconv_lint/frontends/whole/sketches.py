"""Builds a model roughly, to learn whether it has anything grouped: modules of equal arguments are made once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.classes import Classes
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.limits import is_scalar
from gconv_lint.frontends.whole.values import Class, Function, Native, Obj, Partial, Value
from gconv_lint.frontends.whole.watching import Made

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: How deep arguments are compared.
_DEPTH = 4


class _Unequal(Exception):
    """An argument that is not compared."""


class Sketches(Classes):
    """Classes of modules whose objects stand for all those of equal arguments: what is made of them is never run."""

    def __init__(self, interp: Interpreter) -> None:
        super().__init__(interp)
        #: whether anything grouped was constructed
        self.grouped = False
        self._known: dict[Any, tuple[Value, bool]] = {}

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Make objects roughly for a while."""
        usual, self.interp.classes = self.interp.classes, self
        self.grouped = False
        try:
            yield
        finally:
            self.interp.classes = usual

    def instantiate(self, cls: Class, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
        """``cls(*args, **kwargs)``, or what an equal call gave."""
        key = self._key(cls, args, kwargs)
        if key is None:
            return self._watched(cls, args, kwargs, f)
        known = self._known.get(key)
        if known is not None:
            self.grouped = self.grouped or known[1]
            return known[0]
        before, self.grouped = self.grouped, False
        made = self._watched(cls, args, kwargs, f)
        self._known[key] = made, self.grouped
        self.grouped = self.grouped or before
        return made

    def _watched(self, cls: Class, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
        made = self.interp.modules_of.watched.made
        before = len(made)
        found = super().instantiate(cls, args, kwargs, f)
        self.grouped = self.grouped or any(map(is_grouped, made[before:]))
        return found

    def _key(self, cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Any:
        """Equal for calls whose objects cannot be told apart; ``None`` where that is not known."""
        module = self.interp.modules_of.cls("Module")
        if cls.namespace is None or module not in cls.mro:
            return None
        try:
            return cls, tuple(map(_plain, args)), tuple((name, _plain(value)) for name, value in kwargs.items())
        except _Unequal:
            return None


def is_grouped(made: Made) -> bool:
    """Whether a constructor call made something with groups."""
    return bool(made.values.get("groups", 1) != 1)


def _plain(value: Value, depth: int = _DEPTH) -> Any:
    """Something that is equal for equal arguments. Raises ``_Unequal``."""
    if is_scalar(value):
        return type(value), value
    if depth == 0 or isinstance(value, Obj):
        raise _Unequal
    if type(value) in (list, tuple):
        return type(value), tuple(_plain(item, depth - 1) for item in value)
    if type(value) is dict:
        return dict, tuple((key, _plain(item, depth - 1)) for key, item in value.items() if is_scalar(key))
    if type(value) is Partial:
        named = _plain(value.kwargs, depth - 1)
        return Partial, _plain(value.function, depth - 1), _plain(value.args, depth - 1), named
    if type(value) is Function:
        seen = tuple(_plain(scope, depth - 1) for scope in value.env)
        return value.code, seen, _plain(value.defaults, depth - 1)
    if type(value) in (Class, Native):
        return value
    raise _Unequal
