"""Whether code that may or may not have run leaves nothing behind but the names that it binds.

Each value that it reads is of its own making, lies outside of the program, or cannot be changed; what it calls can be
read and leaves nothing behind either, or lies outside and gets nothing of the program's.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.outside import gentle
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import (
    MISSING,
    Bound,
    Class,
    External,
    Function,
    Namespace,
    Native,
    Obj,
    Partial,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.frames import Frame
    from gconv_lint.frontends.whole.interpreter import Interpreter


class _Nothing:
    """Marks what is not seen."""


NOTHING = _Nothing()
_DEPTH = 6
_MUTABLES = (Obj, Class, Function, Bound, Partial, Namespace, Tensor, list, dict, set, Unknown)
_PURE = frozenset(
    (
        *("len", "int", "float", "bool", "str", "repr", "isinstance", "issubclass", "type", "hasattr", "range", "abs"),
        *(
            "tuple",
            "getattr",
            "list",
            "dict",
            "set",
            "frozenset",
            "min",
            "max",
            "print",
            "format",
            "round",
            "callable",
            "id",
        ),
    )
)
#: Methods of plain values that change nothing.
_READING = frozenset(("get", "items", "keys", "values", "copy", "split", "format", "startswith", "endswith", "join"))
_OUTSIDE = ("os.", "math.", "torch.", "functools.partial")
#: Statements and parts of expressions that do nothing by themselves.
_PLAIN = (
    *(ast.Pass, ast.Return, ast.Raise, ast.Assert, ast.Expr, ast.If, ast.For, ast.While, ast.Try, ast.ExceptHandler),
    *(ast.Import, ast.ImportFrom, ast.alias, ast.Constant, ast.Name, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.Compare),
    *(ast.IfExp, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Subscript, ast.Slice, ast.Starred, ast.JoinedStr),
    *(ast.FormattedValue, ast.Attribute, ast.keyword, ast.expr_context, ast.operator, ast.boolop, ast.unaryop),
    *(ast.cmpop, ast.Lambda, ast.arguments, ast.arg, ast.comprehension, ast.GeneratorExp, ast.ListComp, ast.DictComp),
    *(ast.SetComp, ast.AnnAssign, ast.Assign),
)


def harmless(interp: Interpreter, nodes: Iterable[ast.AST], f: Frame) -> bool:
    """Whether statements or expressions leave nothing behind but names; imports that may fail are noted."""
    reader = _Reader(interp, f.vars, (*f.env, f.namespace.names), list(nodes), 0, (), f.namespace.package)
    return reader.holds()


def is_quiet(interp: Interpreter, name: str, before: Value, nodes: Sequence[ast.AST], f: Frame) -> bool:
    """Whether a name is bound to nothing of the program's, whichever of some statements run."""
    reader = _Reader(interp, f.vars, (*f.env, f.namespace.names), nodes, 0, (), f.namespace.package)
    reader.bind()
    if isinstance(before, Function):
        quiet = reader.is_harmless(before) and reader.returns_own(before)
    else:
        quiet = before is MISSING or not isinstance(before, _MUTABLES)
    for part in (part for node in nodes for part in ast.walk(node) if quiet):
        if isinstance(part, ast.FunctionDef) and part.name == name:
            function = interp.functions.maker(part)(f)
            quiet = not part.decorator_list and reader.is_harmless(function) and reader.returns_own(function)
        elif isinstance(part, ast.ClassDef) and part.name == name:
            return False
    return quiet and all(reader.is_own(value) for value in reader.bound.get(name, ()))


def returns(nodes: Iterable[ast.AST]) -> bool:
    """Whether statements end the function that they are in."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


def stored(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements bind or delete."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
            continue
        elif isinstance(node, ast.Lambda):
            continue
        waiting.extend(ast.iter_child_nodes(node))


class _Reader:
    """Reads code of one function or module; ``own`` are the names that it makes itself."""

    def __init__(
        self,
        interp: Interpreter,
        variables: dict[str, Value],
        around: tuple[dict[str, Value], ...],
        nodes: Sequence[ast.AST],
        depth: int,
        own: Iterable[str] = (),
        package: str = "",
    ) -> None:
        self.interp = interp
        self.variables = variables
        self.around = around
        self.nodes = nodes
        self.depth = depth
        self.package = package
        self.given = set(own)
        self.bound: dict[str, list[ast.AST]] = {}
        self.imported: dict[str, Value] = {}

    def holds(self) -> bool:
        """Whether all of it leaves nothing behind."""
        self.bind()
        return all(self._plain(node) for node in self.nodes)

    def bind(self) -> None:
        """Note what its names are bound to."""
        for node in self.nodes:
            for part in ast.walk(node):
                if isinstance(part, ast.Assign):
                    for target in part.targets:
                        self._bound(target, part.value)
                elif isinstance(part, (ast.AnnAssign, ast.NamedExpr)) and part.value is not None:
                    self._bound(part.target, part.value)
                elif isinstance(part, (ast.For, ast.comprehension)):
                    self._bound(part.target, part.iter)
                elif isinstance(part, ast.Import):
                    self.imported.update((a.asname or a.name.partition(".")[0], External(a.name)) for a in part.names)
                elif isinstance(part, ast.ImportFrom) and not part.level:
                    rows = ((a.asname or a.name, External(f"{part.module}.{a.name}")) for a in part.names)
                    self.imported.update(rows)

    def _bound(self, target: ast.AST, value: ast.AST) -> None:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                self.bound.setdefault(part.id, []).append(value)

    def _plain(self, node: ast.AST) -> bool:
        self.interp.spend(1)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            inner = node.body if isinstance(node, ast.ClassDef) else []
            return not node.decorator_list and all(map(self._plain, inner))
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return self._import(node)
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            return self.is_own(node.value) and all(map(self._plain, ast.iter_child_nodes(node)))
        if not isinstance(node, _PLAIN):
            return False
        if isinstance(node, ast.Raise) and _may_be_import_error(node.exc):
            self.interp.deferred.imports += 1
        if isinstance(node, ast.Lambda):
            return True
        return all(map(self._plain, ast.iter_child_nodes(node)))

    def _import(self, node: ast.Import | ast.ImportFrom) -> bool:
        """Whether the modules lie outside of the program, or leave nothing behind but their own names."""
        modules = self.interp.modules
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif any(alias.name == "*" for alias in node.names):
            return False
        else:
            names = [modules.base(node, self.package)]
        return all(self._module(name) for name in names)

    def _module(self, name: str) -> bool:
        found, modules = self.interp.modules.loaded.get(name), self.interp.modules
        if not isinstance(found, Namespace):
            self.interp.deferred.imported(name)
            return modules.is_outside(name)
        tree = modules.files[found.path].tree()
        if tree is None or self.depth >= _DEPTH:
            return False
        return _Reader(self.interp, found.names, (), tree.body, self.depth + 1, (), found.package).holds()

    def _call(self, node: ast.Call) -> bool:
        callee, given = node.func, [*node.args, *(k.value for k in node.keywords)]
        if not all(map(self._plain, given)):
            return False
        own = all(map(self.is_own, given))
        value = self._resolved(callee)
        if isinstance(value, External) or (isinstance(value, Unknown) and value.origin):
            return own or gentle(value.name if isinstance(value, External) else value.origin)
        if isinstance(callee, ast.Attribute) and self.is_own(callee.value):
            return (own or gentle(self._origin(callee))) and self._plain(callee.value)
        if isinstance(callee, ast.Attribute) and callee.attr in _READING:
            return own and isinstance(self._resolved(callee.value), (dict, str, list, tuple))
        if isinstance(value, Native):
            return value.name in _PURE or (
                own and value.name.startswith(("os.", "math.", "torch.", "functools.partial"))
            )
        if isinstance(value, Class):
            return own and value.namespace is None and isinstance(getattr(builtins, value.name, None), type)
        return own and isinstance(value, Function) and self.is_harmless(value)

    def is_harmless(self, function: Function) -> bool:
        reader = self._inside(function)
        return reader is not None and reader.holds()

    def returns_own(self, function: Function) -> bool:
        """Whether what a function returns is no value of the program's."""
        reader = self._inside(function)
        if reader is None:
            return False
        reader.bind()
        returns = (part for node in reader.nodes for part in ast.walk(node) if isinstance(part, ast.Return))
        return all(part.value is None or reader.is_own(part.value) for part in returns)

    def _inside(self, function: Function) -> _Reader | None:
        node = function.code.node
        if self.depth >= _DEPTH or not isinstance(node, ast.FunctionDef) or not node.body:
            return None
        around = (*function.env, function.namespace.names)
        names = [*function.code.params, *function.code.keyword_only, function.code.rest, function.code.rest_named]
        own = [name for name in names if name is not None]
        return _Reader(self.interp, {}, around, node.body, self.depth + 1, own, function.namespace.package)

    def is_own(self, node: ast.AST, seen: frozenset[str] = frozenset()) -> bool:
        """Whether the value of an expression is new, lies outside of the program or cannot be changed."""
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
            if isinstance(node, ast.Attribute) and not isinstance(self._resolved(node), (_Nothing, *_MUTABLES)):
                return True
            return self.is_own(node.value, seen)
        if isinstance(node, ast.Name):
            return self._name_is_own(node.id, seen)
        if isinstance(node, ast.Call):
            value = self._resolved(node.func)
            if isinstance(value, Function):
                return self.returns_own(value)
            return isinstance(value, (External, Native)) or self.is_own(node.func, seen)
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return all(self.is_own(item, seen) for item in node.elts)
        if isinstance(node, ast.Dict):
            return all(part is None or self.is_own(part, seen) for part in (*node.keys, *node.values))
        if isinstance(node, (ast.BoolOp, ast.IfExp)):
            parts = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
            return all(self.is_own(part, seen) for part in parts)
        return isinstance(node, (ast.Constant, ast.JoinedStr, ast.Compare, ast.BinOp, ast.UnaryOp, ast.FormattedValue))

    def _origin(self, node: ast.AST) -> str:
        """The name of what a value comes from outside of the program, if it does."""
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            return self._origin(node.value)
        if isinstance(node, ast.Name) and len(self.bound.get(node.id, ())) == 1:
            return self._origin(self.bound[node.id][0]) if self.depth < _DEPTH else ""
        value = self._resolved(node.func if isinstance(node, ast.Call) else node)
        if isinstance(value, External):
            return value.name
        if isinstance(node, ast.Call) and isinstance(value, Function):
            reader = self._inside(value)
            rows = (
                [r.value for r in ast.walk(value.code.node) if isinstance(r, ast.Return)] if reader is not None else []
            )
            return reader._origin(rows[0]) if reader is not None and len(rows) == 1 and rows[0] is not None else ""
        return self._origin(node.func) if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name) else ""

    def _name_is_own(self, name: str, seen: frozenset[str]) -> bool:
        if name in self.given or name in seen:
            return True
        if name in self.bound:
            return all(self.is_own(value, seen | {name}) for value in self.bound[name])
        value = self._resolved(ast.Name(name, ast.Load()))
        return not isinstance(value, (_Nothing, *_MUTABLES))

    def _resolved(self, node: ast.AST) -> Value:
        """What a name or an attribute of a module means, ``NOTHING`` where that is not seen."""
        if isinstance(node, ast.Attribute):
            owner = self._resolved(node.value)
            if isinstance(owner, (External, Namespace)):
                found = self.interp.attributes.find(owner, node.attr) if isinstance(owner, External) else None
                found = owner.names.get(node.attr, NOTHING) if isinstance(owner, Namespace) else found
                return NOTHING if found is MISSING else _remembered(found)
            return owner if isinstance(owner, Unknown) and owner.origin else NOTHING
        if not isinstance(node, ast.Name) or node.id in self.bound or node.id in self.given:
            return NOTHING
        for scope in (self.imported, self.variables, *self.around):
            if node.id in scope:
                return _remembered(scope[node.id])
        known = self.interp.builtins.get(node.id)
        if known is not None:
            return known
        real = getattr(builtins, node.id, None)
        if isinstance(real, type) and issubclass(real, BaseException):
            return self.interp.exception(node.id)
        return External(f"builtins.{node.id}") if node.id in ("__file__", "__name__") else NOTHING


def _remembered(value: Value) -> Value:
    """A function whose answers are remembered as the function itself."""
    return value.function if isinstance(value, Native) and value.function is not None else value


def _may_be_import_error(raised: ast.AST | None) -> bool:
    """Whether what is raised may be an ``ImportError``."""
    name = raised.func if isinstance(raised, ast.Call) else raised
    kind = getattr(builtins, name.id, None) if isinstance(name, ast.Name) else None
    return not isinstance(kind, type) or issubclass(kind, ImportError) or issubclass(ImportError, kind)
