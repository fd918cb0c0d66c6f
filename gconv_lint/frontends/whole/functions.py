"""Functions of the code under test: compiled when they are called first, their arguments bound as Python binds them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.bodies import is_known
from gconv_lint.frontends.whole import generators
from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.limits import MAX_LENGTH, MAX_NESTING
from gconv_lint.frontends.whole.values import Function, Stopped, Stream, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Calls inside of calls, above which a program is taken not to end.
MAX_DEPTH = 120


class Code:
    """What a ``def`` or a ``lambda`` says: its parameters, and its body once somebody called it."""

    __slots__ = ("body", "keyword_only", "name", "node", "params", "plain", "rest", "rest_named", "yields")

    def __init__(self, node: ast.FunctionDef | ast.Lambda) -> None:
        self.node = node
        self.name = getattr(node, "name", "<lambda>")
        arguments = node.args
        self.params = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        self.keyword_only = [a.arg for a in arguments.kwonlyargs]
        self.rest = arguments.vararg.arg if arguments.vararg is not None else None
        self.rest_named = arguments.kwarg.arg if arguments.kwarg is not None else None
        #: the number of its parameters if they are all it has, which need not be looked at one after the other; else -1
        self.plain = -1 if self.keyword_only or self.rest or self.rest_named else len(self.params)
        self.body: Closure = None
        self.yields = False

    def release(self) -> None:
        """Forget the compiled body."""
        self.body = None


class Functions:
    """Makes and calls functions."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def maker(self, node: Any) -> Closure:
        """The function that makes the value of a ``def`` or a ``lambda`` in a frame."""
        compile_, arguments = self.interp.expressions.compile, node.args
        code = Code(node)
        defaults = [compile_(d) for d in arguments.defaults]
        named = [(a.arg, compile_(d)) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults) if d is not None]

        def make(f: Frame) -> Function:
            outside = f.is_class or f.vars is f.namespace.names
            made = Function(code, f.namespace, f.env if outside else (f.vars, *f.env))
            made.defaults = [d(f) for d in defaults]
            made.keyword_defaults = {name: d(f) for name, d in named}
            return made

        return make

    def call(self, function: Function, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
        """What the function returns. Raises ``Raised``."""
        code, interp = function.code, self.interp
        if code.body is None:
            self._compile(code)
        frame = Frame(function.namespace, {}, function.env, f, code.name, function)
        if kwargs or len(args) != code.plain:
            self._bind(function, args, kwargs, frame.vars)
        else:
            frame.vars = dict(zip(code.params, args))
        if code.yields:
            return Stream(generators.items(interp, code.body(frame), frame))
        interp.enter(frame)
        try:
            if type(code.node) is ast.Lambda:
                return code.body(frame)
            result = code.body(frame)
            return result[0] if type(result) is tuple else None
        finally:
            interp.leave(f)

    def _compile(self, code: Code) -> None:
        node: Any = code.node
        if is_known(node):
            node.file.compiled.append(code)
        if isinstance(node, ast.Lambda):
            code.body = self.interp.expressions.compile(node.body)
            return
        if not node.body:  # it was not parsed before, and is no Python
            self.interp.gap(f"`{code.name}` cannot be parsed", node)
        code.yields = generators.yields(node.body)
        code.body = (self.interp.generators if code.yields else self.interp.statements).block(node.body)

    def _bind(
        self, function: Function, args: list[Value], kwargs: dict[str, Value], variables: dict[str, Value]
    ) -> None:
        code = function.code
        params, count = code.params, len(args)
        filled = params[:count]
        variables.update(zip(params, args))
        if count > len(params):
            if code.rest is None:
                raise self._refused(code, f"takes {len(params)} positional arguments but {count} were given")
            variables[code.rest] = tuple(args[len(params) :])
        elif code.rest is not None:
            variables[code.rest] = ()
        left: dict[str, Value] = {}
        for name, value in kwargs.items():
            if name in filled:
                raise self._refused(code, f"got multiple values for argument '{name}'")
            if name in params or name in code.keyword_only:
                variables[name] = value
            elif code.rest_named is None:
                raise self._refused(code, f"got an unexpected keyword argument '{name}'")
            else:
                left[name] = value
        if code.rest_named is not None:
            variables[code.rest_named] = left
        self._fill(function, variables)

    def _fill(self, function: Function, variables: dict[str, Value]) -> None:
        code, defaults = function.code, function.defaults
        first = len(code.params) - len(defaults)
        for name in code.params[:first]:
            if name not in variables:
                raise self._refused(code, f"missing a required argument: '{name}'")
        for name, value in zip(code.params[first:] if defaults else (), defaults):
            if name not in variables:
                variables[name] = value
        for name in code.keyword_only:
            if name not in variables:
                if name not in function.keyword_defaults:
                    raise self._refused(code, f"missing a required argument: '{name}'")
                variables[name] = function.keyword_defaults[name]

    def _refused(self, code: Code, what: str) -> Exception:
        return self.interp.error("TypeError", f"{code.name}() {what}")


def first_unknown(values: Any) -> Unknown | None:
    """A value that is not known among values and in the sequences among them. Raises ``Stopped`` for too many."""
    level, left = values, MAX_LENGTH
    for _ in range(MAX_NESTING):
        inner: list[Value] = []
        for value in level:
            if type(value) is Unknown:
                return value
            if type(value) in (list, tuple, dict):
                inner.extend(value.values() if type(value) is dict else value)
        left -= len(inner)
        if not inner:
            return None
        if left < 0:
            break
        level = inner
    raise Stopped("it makes a list that is nested too deeply to be followed")
