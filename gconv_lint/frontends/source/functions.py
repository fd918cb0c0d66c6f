"""Calling functions of the project: binding arguments, running bodies, and remembering results."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.code import Code
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.frames import Call, Closure, Frame
from gconv_lint.frontends.source.memo import arguments_key, held_by, value_key
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.values import (
    MISSING,
    UNKNOWN_STAR,
    Bound,
    ClassValue,
    DictValue,
    Function,
    Instance,
    Lazy,
    ListValue,
    OutOfFuel,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Lines of a helper, with all that it calls, that is run for what it may store.
MAX_HELPER = 24
#: What a call of a function may cost that makes no layer.
IDLE_FUEL = 200
#: How often a function may be running at once: in a branch that may not be taken, recursion may have no end.
MAX_RECURSION, MAX_OPEN_RECURSION = 24, 2


class Functions:
    """Calls ``Function`` values."""

    __slots__ = ("ev",)

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev

    def call(
        self, function: Function, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """The value that a call returns; results of functions without a closure are remembered."""
        ev, code = self.ev, function.code
        code.called = True
        if function.env or not code.pure or not ev.can_remember:
            return self.run(function, args, kwargs, node, f)
        key = arguments_key(args, kwargs)
        if key is None:
            return self.run(function, args, kwargs, node, f)
        return ev.memo.call((function, key), lambda call: self.run(function, args, kwargs, node, f, call), node, f)

    def discard(
        self, callee: Value, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> None:
        """Run a call whose value nobody reads: one that makes no layer either is not worth its time."""
        function = callee.function if type(callee) is Bound else callee
        if type(function) is not Function or not self._is_chore(function):
            self.ev.call(callee, args, kwargs, node, f)
        else:
            touched = [*args, *kwargs.values(), *([callee.receiver] if type(callee) is Bound else ())]
            self._assume(touched, self.ev.relevance.stored(function))

    def _is_chore(self, function: Function) -> bool:
        """Whether a function is long and makes no layer: short ones may work out the numbers that layers need."""
        relevance = self.ev.relevance
        if self.ev.tensors.trace is not None:
            return False
        return function.code.name != "__init__" and relevance.idle(function) and relevance.length(function) > MAX_HELPER

    def _assume(self, touched: list[Value], stored: list[str]) -> None:
        """What a function that was not run may have changed in the objects it can reach is unknown."""
        ev, heap = self.ev, self.ev.heap
        ev.edits.edit(ev.edits.owners(v for v in touched if type(v) is Sym), stored)
        for value in held_by(touched):
            if isinstance(value, (ListValue, DictValue)):
                heap.blur(value)
            elif isinstance(value, Instance) and isinstance(value.cls, ClassValue):
                if ANY in stored and (is_data(value) or value in touched):
                    ev.attributes.blur(value)
                for name in stored:
                    if name in value.attrs or value.cls.lookup(name) is not MISSING:
                        heap.put(value.attrs, name, heap.fresh(name))
                    elif is_data(value):
                        heap.put(value.attrs, OPEN, True)

    def run(
        self,
        function: Function,
        args: list[Value],
        kwargs: dict[Any, Value],
        node: ast.AST | None,
        f: Frame,
        call: Call | None = None,
        variables: dict[str, Value] | None = None,
    ) -> Value:
        """Evaluate the body once, over ``variables`` if the arguments are bound already."""
        ev, code = self.ev, function.code
        if isinstance(code.node, ast.AsyncFunctionDef):
            return ev.escapes.hide(code.name, (function, *args, *kwargs.values()))  # It runs when it is awaited.
        if function.kind == "cached_call":
            if code.remembered == ev.heap.root:
                return ev.heap.fresh(code.name)  # what came out before, whatever has changed since
            code.remembered = ev.heap.root
        if variables is None and self._is_chore(function) and any(type(v) is Sym for v in (*args, *kwargs.values())):
            self._assume([*args, *kwargs.values()], ev.relevance.stored(function))
            return ev.heap.fresh(code.name)
        call = call or Call(node, f.module, f.call)
        call.callee = code
        ev.enter(call)
        if not code.active:
            code.forks = ev.heap.forks
        if code.active >= (MAX_OPEN_RECURSION if ev.heap.forks > code.forks else MAX_RECURSION):
            return ev.heap.fresh(code.name)
        bound = variables if variables is not None else self.bind(function, args, kwargs)
        code.active += 1
        try:
            if code.name == "__init__" or ev.tensors.trace is not None or not ev.relevance.idle(function):
                return self._evaluate(function, call, f, bound)
            return self._evaluate_idle(function, call, f, bound)
        finally:
            code.active -= 1

    def _evaluate_idle(self, function: Function, call: Call, f: Frame, bound: dict[str, Value]) -> Value:
        """Evaluate a function that makes no layer, which may work out the numbers of some, but not for long."""
        ev = self.ev
        left = ev.fuel
        ev.fuel = limit = min(left, IDLE_FUEL)
        touched = list(bound.values())
        try:
            return self._evaluate(function, call, f, bound)
        except OutOfFuel:
            if left <= IDLE_FUEL:
                raise
            self._assume(touched, ev.relevance.stored(function))
            return ev.heap.fresh(function.code.name)
        finally:
            ev.fuel += left - limit

    def _evaluate(self, function: Function, call: Call, f: Frame, bound: dict[str, Value]) -> Value:
        code = function.code
        frame = Frame(function.module, bound, call, function.env, function)
        frame.guards = f.guards
        if function.owner is not None and code.params:
            frame.receiver = bound.get(code.params[0])
        body = code.compiled(function.module.file)
        if code.source is not None:
            return body(frame)
        if code.generator:
            alone = not function.env and all(value_key(v) is not None for v in bound.values())
            return Lazy(partial(self._generate, frame, body, code), closed=alone)
        return self._result(frame, body(frame))

    def _generate(self, frame: Frame, body: Closure, code: Code) -> list[Value] | None:
        """Run the body of a generator for all that it yields."""
        frame.yields = ListValue([])
        self.ev.enter(frame.call)
        if code.active >= MAX_OPEN_RECURSION:
            return None
        code.active += 1
        try:
            body(frame)
        finally:
            code.active -= 1
        return frame.yields.items if frame.yields.exact else None

    def _result(self, frame: Frame, jump: str | None) -> Value:
        results = [*frame.returns, frame.result if jump == "return" else None]
        value = results[0]
        for other in results[1:]:
            value = self.ev.heap.join(value, other, "result")
        return value

    def bind(self, function: Function, args: list[Value], kwargs: dict[Any, Value]) -> dict[str, Value]:
        """Parameter names to values by Python's rules; ``Raised`` where Python refuses the call."""
        code = function.code
        open_args, open_kwargs = UNKNOWN_STAR in args, UNKNOWN_STAR in kwargs
        if open_args:
            args = args[: args.index(UNKNOWN_STAR)]
        variables: dict[str, Value] = dict(zip(code.params, args))
        extra = DictValue({}, not open_kwargs)
        for name, value in kwargs.items():
            if name is UNKNOWN_STAR:
                continue
            if name in variables and not open_args:
                raise Raised("TypeError")
            if name in code.params or name in code.kw_only:
                variables[name] = value
            elif code.kwargs is not None:
                extra.items[name] = value
            else:
                raise Raised("TypeError")
        self._surplus(code, args, open_args, variables)
        if code.kwargs is not None:
            variables[code.kwargs] = extra
        self._fill(function, variables, open_args or open_kwargs, open_kwargs)
        return variables

    def _surplus(self, code: Code, args: list[Value], open_args: bool, variables: dict[str, Value]) -> None:
        surplus = args[len(code.params) :]
        if code.varargs is not None:
            variables[code.varargs] = self.ev.heap.fresh(code.varargs) if open_args else tuple(surplus)
        elif surplus:
            raise Raised("TypeError")

    def _fill(self, function: Function, variables: dict[str, Value], open_params: bool, open_kw: bool) -> None:
        code = function.code
        fresh = self.ev.heap.fresh
        for position, name in enumerate(code.params):
            if name not in variables:
                if open_params:
                    variables[name] = fresh(name)
                elif position >= code.required:
                    variables[name] = function.defaults[position - code.required]
                else:
                    raise Raised("TypeError")
        for name in code.kw_only:
            if name not in variables:
                default = function.kw_defaults.get(name, MISSING)
                if open_kw:
                    default = fresh(name)
                elif default is MISSING:
                    raise Raised("TypeError")
                variables[name] = default
