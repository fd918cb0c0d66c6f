"""Defining functions of the project: their closures and defaults, and what decorators put in their place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.code import Code
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import CLASS_BODY, Frame
from gconv_lint.frontends.source.memo import share
from gconv_lint.frontends.source.shared_state import changed_inside
from gconv_lint.frontends.source.values import (
    Bound,
    ClassValue,
    DictValue,
    External,
    Function,
    ListValue,
    Module,
    Partial,
    Value,
)
from gconv_lint.frontends.source.words import last_word

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Decorators that change how a function is called.
_KINDS = {"staticmethod": "static", "classmethod": "class", "property": "property", "cached_property": "cached"}

#: Decorators that make something other than a function.
_HIDING = ("contextmanager", "asynccontextmanager", "overload", "singledispatch", "singledispatchmethod")


class Definitions:
    """Makes ``Function`` values."""

    __slots__ = ("ev", "originals", "transparent")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        #: functions that decorators replaced by something unknown, by module and name
        self.originals: dict[tuple[Module, str], Function] = {}
        #: decorators of the project that give back what they get
        self.transparent: set[Code] = set()

    def define(self, code: Code, f: Frame) -> Function:
        """The function that ``code`` makes where frame ``f`` meets its definition."""
        in_class = f.function is None and f.receiver is CLASS_BODY
        env = f.env if in_class or f.vars is f.module.vars else (f.vars, *f.env)
        function = Function(code, f.module, env)
        if code.defaults:
            function.defaults = tuple([d(f) for d in code.defaults])
        if code.kw_defaults:
            function.kw_defaults = {n: d(f) for n, d in code.kw_defaults.items()}
        named = {**dict(zip(code.params[code.required :], function.defaults)), **function.kw_defaults}
        for name, default in named.items():
            share(default, self.ev.heap.clock + 1)  # Every call that leaves it out gets the same object.
            if isinstance(default, (ListValue, DictValue)) and changed_inside([name], f.module.file.text):
                self.ev.heap.blur(default)
        if f.function is not None:
            function.owner = f.function.owner
        return function

    def decorate(self, function: Function, decorators: list[ast.expr], f: Frame) -> Value:
        """The value that stands under the name of a decorated function; those from outside seldom change a call."""
        value: Value = function
        for node in reversed(decorators):
            target = node.func if isinstance(node, ast.Call) else node
            word = last_word(target)
            if word in _KINDS:
                function.kind = _KINDS[word]
            elif word in ("setter", "deleter"):
                return self._with_setter(function, target, word, f)
            elif word in _HIDING:
                value = self.ev.escapes.hide(function.code.name, function)
            elif word in ("lru_cache", "cache"):
                function.kind = "cached_call"
            else:
                value = self._wrapped(function, value, node, f)
        if not isinstance(value, Function):
            self.originals[f.module, function.code.name] = function
        return value

    def _with_setter(self, function: Function, target: Any, word: str, f: Frame) -> Value:
        """The property that ``@name.setter`` makes of another one."""
        base = compile_expression(self.ev, target.value)(f)
        if not isinstance(base, Function) or base.kind not in ("property", "cached"):
            return self.ev.escapes.hide(function.code.name, function)
        made = Function(base.code, base.module, base.env)
        made.owner, made.kind, made.setter = base.owner, base.kind, base.setter
        if word == "setter":
            made.setter = function
        return made

    def _wrapped(self, function: Function, value: Value, node: ast.expr, f: Frame) -> Value:
        """What a decorator puts in the place of a function; those from outside seldom change how it is called."""
        target = node.func if isinstance(node, ast.Call) else node
        decorator = compile_expression(self.ev, target)(f)
        if self._leaves_alone(decorator):
            return value
        if isinstance(node, ast.Call):
            decorator = compile_expression(self.ev, node)(f)
        made = self.ev.call(decorator, [value], {}, node, f)
        if made is value and type(decorator) is Function and decorator.wraps is None and not isinstance(node, ast.Call):
            self.transparent.add(decorator.code)
        if type(made) is Function and made is not value:
            made.wraps, made.kind = function, function.kind
            return made
        known = made is value or isinstance(made, (Partial, Bound, ClassValue))
        return made if known else self.ev.escapes.hide(function.code.name, value)

    def _leaves_alone(self, decorator: Value) -> bool:
        """Whether a decorator gives back what it gets, as far as calls are concerned."""
        if type(decorator) is External:
            return decorator.name != "functools.partial"
        return type(decorator) is Function and decorator.code in self.transparent
