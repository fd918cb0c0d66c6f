"""Compiles expressions to closures over frames."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import limits
from gconv_lint.frontends.whole.comprehensions import Comprehensions
from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.values import MISSING, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitOr: "or",
    ast.BitAnd: "and",
    ast.BitXor: "xor",
    ast.MatMult: "matmul",
}
_COMPARISONS: dict[type[ast.AST], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_UNARY: dict[type[ast.AST], str] = {ast.USub: "neg", ast.UAdd: "pos", ast.Invert: "invert", ast.Not: "not"}


def operator_name(node: ast.AST) -> str:
    """``add`` of ``+``."""
    return _OPERATORS[type(node)]


class Expressions(Comprehensions):
    """One compiler for the whole of a run: what it makes is kept by the functions that it belongs to."""

    def __init__(self, interp: Interpreter) -> None:
        super().__init__(interp)
        self._makers: dict[type[ast.AST], Callable[[Any], Closure]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.BinOp: self._binary,
            ast.Compare: self._compare,
            ast.BoolOp: self._boolean,
            ast.UnaryOp: self._unary,
            ast.IfExp: self._conditional,
            ast.Tuple: self._tuple,
            ast.List: self._list,
            ast.Set: self._set,
            ast.Dict: self._dict,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.Lambda: self._lambda,
            ast.ListComp: self._list_comprehension,
            ast.SetComp: self._set_comprehension,
            ast.GeneratorExp: self._generator,
            ast.DictComp: self._dict_comprehension,
            ast.JoinedStr: self._joined,
            ast.FormattedValue: self._formatted,
            ast.Starred: lambda node: self.compile(node.value),
            ast.NamedExpr: self._walrus,
        }

    def compile(self, node: ast.expr) -> Closure:
        """The function that gives the value of an expression in a frame."""
        maker = self._makers.get(type(node))
        if maker is not None:
            return maker(node)
        interp, name = self.interp, type(node).__name__
        return lambda f: interp.unknown(f"`{name}` expressions are not followed", node)

    def _constant(self, node: ast.Constant) -> Closure:
        value = node.value
        return lambda f: value

    def _name(self, node: ast.Name) -> Closure:
        name, interp, use = node.id, self.interp, self.interp.deferred.use

        def load(f: Frame) -> Value:
            value = f.vars.get(name, MISSING)
            if value is MISSING:
                value = around(f)
            if type(value) is Unknown:
                use(value)
            return value

        def around(f: Frame) -> Value:
            for scope in f.env:
                value = scope.get(name, MISSING)
                if value is not MISSING:
                    return value
            value = f.namespace.names.get(name, MISSING)
            return value if value is not MISSING else interp.builtin(name, f)

        return load

    def _attribute(self, node: ast.Attribute) -> Closure:
        owner, name = self.compile(node.value), node.attr
        get, use = self.interp.attributes.get, self.interp.deferred.use

        def load(f: Frame) -> Value:
            value = owner(f)
            f.node = node
            found = get(value, name)
            if type(found) is Unknown:
                use(found)
            return found

        return load

    def _call(self, node: ast.Call) -> Closure:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            interp = self.interp
            return lambda f: interp.attributes.own_super(f)
        if any(isinstance(a, ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            return self._starred_call(node)
        callee, interp = self.compile(node.func), self.interp
        args = [self.compile(a) for a in node.args]
        keywords = [(k.arg or "", self.compile(k.value)) for k in node.keywords]
        call = interp.call
        if not keywords and len(args) < 2:  # as most are
            return _short_call(call, node, callee, args[0]) if args else _bare_call(call, node, callee)

        def run(f: Frame) -> Value:
            function = callee(f)
            given = [a(f) for a in args]
            named = {name: value(f) for name, value in keywords}
            f.node = node
            return call(function, given, named, f)

        return run

    def _starred_call(self, node: ast.Call) -> Closure:
        callee, interp = self.compile(node.func), self.interp
        args = [(isinstance(a, ast.Starred), self.compile(a)) for a in node.args]
        keywords = [(k.arg, self.compile(k.value)) for k in node.keywords]

        def run(f: Frame) -> Value:
            function = callee(f)
            given = self._spread(args, f)
            named: dict[str, Value] = {}
            for name, value in keywords:
                if name is not None:
                    named[name] = value(f)
                else:
                    named.update(interp.mapping(value(f)))
            f.node = node
            return interp.call(function, given, named, f)

        return run

    def _spread(self, parts: list[tuple[bool, Closure]], f: Frame) -> list[Value]:
        made: list[Value] = []
        for starred, part in parts:
            if starred:
                made.extend(self.interp.items(part(f)))
            else:
                made.append(part(f))
        return made

    def _binary(self, node: ast.BinOp) -> Closure:
        left, right, name = self.compile(node.left), self.compile(node.right), _OPERATORS[type(node.op)]
        operate = self.interp.operators.binary

        def run(f: Frame) -> Value:
            a, b = left(f), right(f)
            f.node = node
            return operate(name, a, b)

        return run

    def _compare(self, node: ast.Compare) -> Closure:
        first = self.compile(node.left)
        rest = [(_COMPARISONS[type(op)], self.compile(right)) for op, right in zip(node.ops, node.comparators)]
        interp = self.interp

        def run(f: Frame) -> Value:
            left, answer = first(f), True
            for name, right in rest:
                other = right(f)
                f.node = node
                answer = interp.operators.compare(name, left, other)
                if len(rest) > 1 and not interp.truth(answer):
                    return answer
                left = other
            return answer

        return run

    def _boolean(self, node: ast.BoolOp) -> Closure:
        parts, interp, stops = [self.compile(v) for v in node.values], self.interp, isinstance(node.op, ast.Or)

        def run(f: Frame) -> Value:
            value: Value = None
            unknown: Value = None
            for number, part in enumerate(parts):
                value = part(f)
                if number + 1 < len(parts):  # the last is a value, whatever it is
                    value = interp.condition(value, node)
                if isinstance(value, Unknown):
                    self.interp.deferred.certain(node.values[number + 1 :], f, value)
                    unknown = value
                elif interp.truth(value) is stops:
                    return (
                        value if unknown is None else (value if value is stops else unknown)
                    )  # `unknown or True` is true
            return value if unknown is None else unknown

        return run

    def _unary(self, node: ast.UnaryOp) -> Closure:
        operand, name, interp = self.compile(node.operand), _UNARY[type(node.op)], self.interp
        if name == "not":

            def negate(f: Frame) -> Value:
                value = operand(f)
                if value is True or value is False:
                    return not value
                value = interp.condition(value, node)
                return value if isinstance(value, Unknown) else not interp.truth(value)

            return negate
        return lambda f: interp.operators.unary(name, operand(f))

    def _conditional(self, node: ast.IfExp) -> Closure:
        test, then, otherwise = self.compile(node.test), self.compile(node.body), self.compile(node.orelse)
        interp = self.interp

        def run(f: Frame) -> Value:
            condition = interp.condition(test(f), node)
            if isinstance(condition, Unknown):
                self.interp.deferred.certain([node.body, node.orelse], f, condition)
                return interp.undecided(condition, node)
            return then(f) if interp.truth(condition) else otherwise(f)

        return run

    def _rows(self, nodes: list[ast.expr]) -> Closure:
        parts = [(isinstance(n, ast.Starred), self.compile(n)) for n in nodes]
        if any(starred for starred, _ in parts):
            return lambda f: self._spread(parts, f)
        plain = [part for _, part in parts]
        return lambda f: [part(f) for part in plain]

    def _tuple(self, node: ast.Tuple) -> Closure:
        rows = self._rows(node.elts)
        return lambda f: tuple(rows(f))

    def _list(self, node: ast.List) -> Closure:
        return self._rows(node.elts)

    def _set(self, node: ast.Set) -> Closure:
        rows, interp = self._rows(node.elts), self.interp
        return lambda f: interp.set_of(rows(f))

    def _dict(self, node: ast.Dict) -> Closure:
        rows = [(self.compile(k) if k is not None else None, self.compile(v)) for k, v in zip(node.keys, node.values)]
        interp = self.interp

        def run(f: Frame) -> Value:
            made: dict[Any, Value] = {}
            for key, value in rows:
                if key is None:
                    made.update(limits.kept(interp, interp.mapping(value(f))))
                else:
                    made[interp.key(key(f))] = value(f)
            return made

        return run

    def _subscript(self, node: ast.Subscript) -> Closure:
        owner, index = self.compile(node.value), self.compile(node.slice)
        get, use = self.interp.items_of.get, self.interp.deferred.use

        def load(f: Frame) -> Value:
            value, key = owner(f), index(f)
            f.node = node
            found = get(value, key)
            if type(found) is Unknown:
                use(found)
            return found

        return load

    def _slice(self, node: ast.Slice) -> Closure:
        parts = [self.compile(p) if p is not None else None for p in (node.lower, node.upper, node.step)]

        def run(f: Frame) -> Value:
            values = [p(f) if p is not None else None for p in parts]
            unknown = next((v for v in values if isinstance(v, Unknown)), None)
            return unknown if unknown is not None else slice(*values)

        return run

    def _lambda(self, node: ast.Lambda) -> Closure:
        return self.interp.functions.maker(node)

    def _joined(self, node: ast.JoinedStr) -> Closure:
        parts, interp = [self.compile(v) for v in node.values], self.interp

        def run(f: Frame) -> Value:
            texts = [p(f) for p in parts]
            unknown = next((t for t in texts if isinstance(t, Unknown)), None)
            return unknown if unknown is not None else limits.kept(interp, "".join(texts))

        return run

    def _formatted(self, node: ast.FormattedValue) -> Closure:
        value, interp, conversion = self.compile(node.value), self.interp, node.conversion
        spec = self.compile(node.format_spec) if node.format_spec is not None else None
        return lambda f: interp.formatted(value(f), conversion, spec(f) if spec is not None else "")

    def _walrus(self, node: ast.NamedExpr) -> Closure:
        value, assign = self.compile(node.value), self.interp.statements.assigner(node.target)

        def run(f: Frame) -> Value:
            made = value(f)
            assign(f.home, made)
            return made

        return run


def _bare_call(call: Closure, node: ast.Call, callee: Closure) -> Closure:
    def run(f: Frame) -> Value:
        function = callee(f)
        f.node = node
        return call(function, [], {}, f)

    return run


def _short_call(call: Closure, node: ast.Call, callee: Closure, argument: Closure) -> Closure:
    def run(f: Frame) -> Value:
        function = callee(f)
        given = [argument(f)]
        f.node = node
        return call(function, given, {}, f)

    return run
