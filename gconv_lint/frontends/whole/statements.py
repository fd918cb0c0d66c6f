"""Compiles statements to closures over frames, which say how control goes on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.bodies import UnreadCoroutine, UnreadFunction
from gconv_lint.frontends.whole import matching
from gconv_lint.frontends.whole.blocks import BREAK, CONTINUE, Blocks
from gconv_lint.frontends.whole.expressions import operator_name
from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.values import Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Statements(Blocks):
    """Compiles blocks; ``None`` is a block that ran to its end."""

    def __init__(self, interp: Interpreter) -> None:
        super().__init__(interp)
        self._makers: dict[type[ast.AST], Callable[[Any], Closure]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AugAssign: self._augmented,
            ast.AnnAssign: self._annotated,
            ast.Return: self._return,
            ast.If: self._if,
            ast.For: self._for,
            ast.While: self._while,
            ast.Try: self._try,
            ast.With: self._with,
            **({ast.Match: self._match} if hasattr(ast, "Match") else {}),
            ast.Raise: self._raise,
            ast.Assert: self._assert,
            ast.FunctionDef: self._function,
            UnreadFunction: self._function,
            ast.ClassDef: self._class,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Delete: self._delete,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.Pass: lambda node: _nothing,
            ast.Break: lambda node: lambda f: BREAK,
            ast.Continue: lambda node: lambda f: CONTINUE,
        }

    def block(self, body: Sequence[ast.stmt]) -> Closure:
        """The function that runs statements in a frame."""
        parts = [self.compile(s) for s in body if not _is_text(s)]
        if len(parts) == 1:
            return parts[0]

        def run(f: Frame) -> Any:
            for part in parts:
                jump = part(f)
                if jump is not None:
                    return jump
            return None

        return run

    def compile(self, node: ast.stmt) -> Closure:
        """The function that runs one statement."""
        maker = self._makers.get(type(node))
        if maker is not None:
            return maker(node)
        kind = ast.AsyncFunctionDef if isinstance(node, UnreadCoroutine) else type(node)
        interp, name = self.interp, kind.__name__

        def skip(f: Frame) -> None:
            interp.gap(f"`{name}` statements are not followed", node)
            self.forget(f, [node])

        return skip

    def assigner(self, target: ast.expr) -> Callable[[Frame, Value], None]:
        """The function that binds a target."""
        if isinstance(target, ast.Name):
            return self._name_assigner(target.id)
        if isinstance(target, ast.Attribute):
            owner, name, interp = self.interp.expressions.compile(target.value), target.attr, self.interp
            return lambda f, value: interp.attributes.set(owner(f), name, value)
        if isinstance(target, ast.Subscript):
            box, index = self.interp.expressions.compile(target.value), self.interp.expressions.compile(target.slice)
            return lambda f, value: self.interp.items_of.set(box(f), index(f), value)
        if isinstance(target, (ast.Tuple, ast.List)):
            return self._unpacker(target)
        return self.assigner(target.value)  # type: ignore[attr-defined]

    def _name_assigner(self, name: str) -> Callable[[Frame, Value], None]:
        def assign(f: Frame, value: Value) -> None:
            if f.outside is not None and name in f.outside:
                f.outside[name][name] = value
            else:
                f.vars[name] = value

        return assign

    def _unpacker(self, target: ast.Tuple | ast.List) -> Callable[[Frame, Value], None]:
        parts = [self.assigner(t) for t in target.elts]
        star = next((i for i, t in enumerate(target.elts) if isinstance(t, ast.Starred)), None)
        interp = self.interp

        def assign(f: Frame, value: Value) -> None:
            if isinstance(value, Unknown):
                items = [value] * len(parts)
            else:
                items = _fitted(interp, interp.items(value), len(parts), star)
            for part, item in zip(parts, items):
                part(f, item)

        return assign

    def _expression(self, node: ast.Expr) -> Closure:
        value = self.interp.expressions.compile(node.value)

        def run(f: Frame) -> None:
            value(f)

        return run

    def _assign(self, node: ast.Assign) -> Closure:
        value, targets = self.interp.expressions.compile(node.value), [self.assigner(t) for t in node.targets]
        if len(targets) == 1:
            assign, only = targets[0], node.targets[0]
            return self._bind(only.id, value) if isinstance(only, ast.Name) else lambda f: assign(f, value(f))

        def run(f: Frame) -> None:
            made = value(f)
            for target in targets:
                target(f, made)

        return run

    def _bind(self, name: str, value: Closure) -> Closure:
        assign = self._name_assigner(name)

        def run(f: Frame) -> None:
            if f.outside is None:
                f.vars[name] = value(f)
            else:
                assign(f, value(f))

        return run

    def _augmented(self, node: ast.AugAssign) -> Closure:
        target: Any = node.target
        reading = self.interp.expressions.compile(target)
        value, assign, name = self.interp.expressions.compile(node.value), self.assigner(target), operator_name(node.op)
        interp = self.interp

        def run(f: Frame) -> None:
            before, more = reading(f), value(f)
            f.node = node
            assign(f, interp.operators.in_place(name, before, more))

        return run

    def _annotated(self, node: ast.AnnAssign) -> Closure:
        note = self._noted(node)
        if node.value is None:
            return note
        value, assign = self.interp.expressions.compile(node.value), self.assigner(node.target)

        def run(f: Frame) -> None:
            assign(f, value(f))
            note(f)

        return run

    def _noted(self, node: ast.AnnAssign) -> Closure:
        """Fields of dataclasses and named tuples are what their class bodies annotate."""
        name = node.target.id if isinstance(node.target, ast.Name) else None
        text = ast.unparse(node.annotation) if name is not None else ""

        def run(f: Frame) -> None:
            if f.is_class and name is not None:
                f.vars.setdefault("__annotations__", {})[name] = text

        return run

    def _return(self, node: ast.Return) -> Closure:
        if node.value is None:
            return lambda f: (None,)
        value = self.interp.expressions.compile(node.value)
        return lambda f: (value(f),)

    def _raise(self, node: ast.Raise) -> Closure:
        value, interp = self.interp.expressions.compile(node.exc) if node.exc is not None else None, self.interp

        def run(f: Frame) -> None:
            f.node = node
            raise interp.raising(value(f) if value is not None else f.error, f)

        return run

    def _assert(self, node: ast.Assert) -> Closure:
        test, interp = self.interp.expressions.compile(node.test), self.interp
        said = self.interp.expressions.compile(node.msg) if node.msg is not None else None

        def run(f: Frame) -> None:
            answer = test(f)
            if not isinstance(answer, Unknown) and not interp.truth(answer):
                f.node = node
                message = said(f) if said is not None else ""
                raise interp.error("AssertionError", message if isinstance(message, str) else "")

        return run

    def _function(self, node: ast.FunctionDef) -> Closure:
        make, compile_, interp = self.interp.functions.maker(node), self.interp.expressions.compile, self.interp
        decorators, name = [compile_(d) for d in reversed(node.decorator_list)], node.name
        assign = self._name_assigner(name)

        def run(f: Frame) -> None:
            value = make(f)
            for decorator in decorators:
                f.node = node
                value = interp.decorated(decorator(f), value, f)
            assign(f, value)

        return run

    def _class(self, node: ast.ClassDef) -> Closure:
        make, assign = self.interp.classes.maker(node), self._name_assigner(node.name)
        return lambda f: assign(f, make(f))

    def _import(self, node: ast.Import) -> Closure:
        interp = self.interp

        def run(f: Frame) -> None:
            for alias in node.names:
                whole = interp.modules.load(alias.name)
                head = alias.name.partition(".")[0]
                f.vars[alias.asname or head] = whole if alias.asname else interp.modules.load(head)

        return run

    def _import_from(self, node: ast.ImportFrom) -> Closure:
        interp = self.interp

        def run(f: Frame) -> None:
            f.node = node
            interp.modules.import_from(node, f)

        return run

    def _match(self, node: Any) -> Closure:
        return matching.statement(self.interp, node)

    def _delete(self, node: ast.Delete) -> Closure:
        compile_, interp = self.interp.expressions.compile, self.interp

        def remover(target: ast.expr) -> Closure:
            if isinstance(target, ast.Name):
                name = target.id
                return lambda f: f.vars.pop(name, None)
            if isinstance(target, ast.Attribute):
                owner, attribute = compile_(target.value), target.attr
                return lambda f: interp.attributes.delete(owner(f), attribute)
            if isinstance(target, ast.Subscript):
                box, index = compile_(target.value), compile_(target.slice)
                return lambda f: interp.items_of.delete(box(f), index(f))
            return _nothing

        removers = [remover(t) for t in node.targets]

        def run(f: Frame) -> None:
            for remove in removers:
                remove(f)

        return run

    def _global(self, node: ast.Global) -> Closure:
        def run(f: Frame) -> None:
            f.outside = {**(f.outside or {}), **dict.fromkeys(node.names, f.namespace.names)}

        return run

    def _nonlocal(self, node: ast.Nonlocal) -> Closure:
        def run(f: Frame) -> None:
            found = {n: next((s for s in f.env if n in s), f.vars) for n in node.names}
            f.outside = {**(f.outside or {}), **found}

        return run


def _nothing(f: Frame) -> None:
    """Does nothing."""


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is not ...


def _fitted(interp: Interpreter, items: list[Value], count: int, star: int | None) -> list[Value]:
    """The items for the targets of an unpacking assignment. Raises ``Raised`` where they do not fit."""
    if star is None:
        if len(items) != count:
            few = "too many values to unpack" if len(items) > count else "not enough values to unpack"
            raise interp.error("ValueError", f"{few} (expected {count}, got {len(items)})")
        return items
    behind = count - star - 1
    if len(items) < count - 1:
        raise interp.error("ValueError", "not enough values to unpack")
    middle = items[star : len(items) - behind]
    return [*items[:star], middle, *items[len(items) - behind :]]
