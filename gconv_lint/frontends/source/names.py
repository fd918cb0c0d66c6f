"""Names beyond a function's own variables: enclosing scopes, modules, imports and built-ins."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import builtin_functions
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.memo import share
from gconv_lint.frontends.source.shared_state import (
    EVERYTHING,
    changed_inside,
    changes_globals,
    global_names,
    patched_names,
)
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.torch_signatures import SIGNATURES
from gconv_lint.frontends.source.values import (
    MISSING,
    ClassValue,
    Deferred,
    DictValue,
    External,
    Function,
    Instance,
    Lazy,
    ListValue,
    Module,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.project import SourceFile

#: What the statements of one module may cost that must run before its names are known.
LOADING_FUEL = 20_000
#: A module that re-exports more others than this is a catalogue, and not where a name is looked for.
MAX_STARS = 24
#: Where the variables of a module keep its own name.
MODULE = "#module"
#: What snippets mean by names that they forget to import.
_USUAL = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "math": "math"}
#: Expressions that may give another name to the object of a name.
_HOLDERS = (ast.Name, ast.Tuple, ast.List, ast.Dict, ast.IfExp, ast.Attribute, ast.Subscript)
_BLOCKS = (ast.If, ast.Try, ast.For, ast.AsyncFor, ast.While, ast.With, ast.ExceptHandler, ast.Match)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Names:
    """Looks names up, and loads the modules they come from."""

    __slots__ = ("builtins", "ev", "modules", "touched")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.builtins: dict[str, Value] = {
            **builtin_functions.table(ev),
            "NotImplemented": ev.heap.fresh("NotImplemented"),
        }
        self.modules: dict[int, Module] = {}
        #: (module, name, "" for itself) -> the attributes that other modules store in what it stands for
        self.touched: dict[tuple[str, str], set[str]] = {}

    def outer(self, f: Frame, name: str) -> Value:
        """A name that is no local variable: from the enclosing functions, the module, or Python."""
        own, shared = f.vars, f.module.vars
        for table in (own, *f.env, shared) if f.env or (own is not shared and name in own) else (shared,):
            value = table.get(name, MISSING)
            if value is not MISSING:
                return self.resolve(table, name) if type(value) is Deferred else value
        value = self._from_stars(f.module, name) if f.module.stars else MISSING
        if value is MISSING:
            value = self.builtins.get(name, MISSING)
        return value if value is not MISSING else External(_USUAL.get(name, f"builtins.{name}"))

    def may_be_own(self, node: ast.Import | ast.ImportFrom) -> bool:
        """Whether an import may be of the project."""
        if isinstance(node, ast.ImportFrom):
            return node.level > 0 or self.ev.project.has((node.module or "").split(".")[0])
        return any(self.ev.project.has(alias.name.split(".")[0]) for alias in node.names)

    def touch(self, module: str, name: str, attributes: set[str]) -> None:
        """Somebody outside a module changes what one of its names stands for."""
        self.touched.setdefault((module, name), set()).update(attributes)
        known = next((m for m in self.modules.values() if m.name == module), None)
        value = known.vars.get(name, MISSING) if known is not None else MISSING
        if known is not None and not name:
            self._forget(known, attributes)
        elif value is not MISSING and type(value) is not Deferred:
            self._forget(value, attributes)

    def _forget(self, value: Value, attributes: set[str]) -> None:
        ev = self.ev
        if isinstance(value, ClassValue) and EVERYTHING in attributes:
            ev.classes.blur_all(value)
        elif isinstance(value, (Module, ClassValue)):
            table = value.vars if isinstance(value, Module) else value.attrs
            for name in attributes & table.keys():
                if not isinstance(table[name], Function):
                    table[name] = ev.heap.fresh(name)
        elif isinstance(value, (ListValue, DictValue)):
            ev.heap.blur(value)
        elif isinstance(value, Instance) and is_data(value):
            ev.escapes.give([value])

    def set_outer(self, f: Frame, name: str, value: Value) -> None:
        """Assign a name that a function declares ``global`` or ``nonlocal``: nobody else may rely on it now."""
        table = next((t for t in f.env if name in t), f.module.vars)
        self.ev.heap.put(table, name, self.ev.heap.fresh(name))

    def resolve(self, table: dict[str, Value], name: str) -> Value:
        """Work out a deferred value; a value that needs itself is unknown."""
        deferred = table[name]
        if not isinstance(deferred, Deferred):
            return deferred
        if deferred.running:
            return self.ev.heap.fresh(name)
        deferred.running = True
        journal, self.ev.heap.journal = self.ev.heap.journal, None
        fuel, self.ev.fuel = self.ev.fuel, LOADING_FUEL
        scope = self.ev.heap.enter_scope()
        try:
            value = deferred.compute()
        finally:
            deferred.running = False
            self.ev.heap.journal = journal
            self.ev.heap.scope, self.ev.heap.counter = scope
            self.ev.fuel = fuel
        table[name] = value
        if self.touched and (key := (str(table.get(MODULE)), name)) in self.touched:
            self._forget(value, self.touched[key])
        if isinstance(value, (ListValue, DictValue)):
            share(value, self.ev.heap.clock + 1)  # Whoever writes to it does so for everybody.
        return value

    def module(self, file: SourceFile) -> Module | None:
        """The module of a file with its definitions in place, or ``None`` if it cannot be parsed."""
        module = self.modules.get(id(file))
        if module is None:
            tree = file.tree()
            if tree is None:
                return None
            module = self.modules[id(file)] = Module(file.name, file)
            module.vars.update({name: self.ev.heap.fresh(name) for name in ("__doc__", "__package__", "__file__")})
            module.vars[MODULE] = file.name
            module.vars["__name__"] = self.ev.heap.fresh("__name__")  # It is another one for a script.
            self.ev.relevance.add(module, tree.body)
            fuel, self.ev.fuel = self.ev.fuel, LOADING_FUEL
            journal, self.ev.heap.journal = self.ev.heap.journal, None
            scope = self.ev.heap.enter_scope()
            _Loader(self.ev, module).run(tree.body)
            if (file.name, "") in self.touched:
                self._forget(module, self.touched[file.name, ""])
            self.ev.fuel = fuel
            self.ev.heap.journal = journal
            self.ev.heap.scope, self.ev.heap.counter = scope
        return module

    def module_attribute(self, module: Module, name: str) -> Value:
        """``module.name``: a global, or a submodule."""
        value = module.vars.get(name, MISSING)
        if value is not MISSING:
            return self.resolve(module.vars, name) if type(value) is Deferred else value
        value = self._from_stars(module, name)
        if value is not MISSING:
            return value
        if module.file.package == module.name:
            found = self.imported(f"{module.name}.{name}")
            if not isinstance(found, External):
                return found
        return self.ev.heap.fresh(f"{module.name}.{name}")

    def imported(self, name: str) -> Value:
        """What ``import name`` means: a module of the project, or something outside."""
        file = self.ev.project.find(name)
        module = self.module(file) if file is not None else None
        return module if module is not None else External(name)

    def run_import(self, node: Any, f: Frame) -> None:
        """Bind the names of an import statement; their modules are loaded when the names are used."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                target = alias.name if alias.asname else alias.name.split(".")[0]
                self._bind(f, alias.asname or target, partial(self.imported, target))
            return
        base = self.base(node, f.module)
        for alias in node.names:
            if alias.name == "*":
                f.module.stars.append(base)
                self._cover(f, base)
            else:
                self._bind(f, alias.asname or alias.name, partial(self._member, base, alias.name))

    def _cover(self, f: Frame, base: str) -> None:
        """A star import may bring other values for what the module has defined before it."""
        owner = self.imported(base)
        if base.split(".")[0] in ("torch", "math", "typing"):
            return
        for name in f.module.own & f.vars.keys():
            if isinstance(owner, External):
                f.vars[name] = self.ev.heap.fresh(name)
            elif isinstance(owner, Module) and self.module_attribute_or_missing(owner, name) is not MISSING:
                self._bind(f, name, partial(self._member, base, name))

    def module_attribute_or_missing(self, module: Module, name: str) -> Value:
        """``module.name`` where the module, or one that it re-exports, binds it."""
        return module.vars.get(name, MISSING) if name in module.vars else self._from_stars(module, name)

    def _bind(self, f: Frame, name: str, compute: Callable[[], Value]) -> None:
        f.vars[name] = Deferred(compute)

    def base(self, node: ast.ImportFrom, module: Module) -> str:
        """The module that ``from ... import`` names."""
        if not node.level:
            return node.module or ""
        package = module.file.package.split(".")
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    def _member(self, base: str, name: str) -> Value:
        owner = self.imported(base)
        if isinstance(owner, Module) and name in owner.vars:
            return self.module_attribute(owner, name)
        if name == "TYPE_CHECKING":
            return False
        inner = self.imported(f"{base}.{name}")
        if isinstance(inner, Module) or isinstance(owner, External):
            return inner
        if isinstance(owner, Module) and self._from_stars(owner, name) is not MISSING:
            return self.module_attribute(owner, name)
        return self.ev.heap.fresh(f"{base}.{name}")

    def _from_stars(self, module: Module, name: str) -> Value:
        """A name that some ``from x import *`` of a module brings in: looked for only when nothing else has it."""
        if name.startswith("_") or len(module.stars) > MAX_STARS:
            return MISSING
        for base in reversed(module.stars):
            owner = self.imported(base)
            if base == "math" and hasattr(math, name):
                return External(f"math.{name}")
            if isinstance(owner, External) and canonical(f"{owner.name}.{name}") in SIGNATURES:
                return External(f"{owner.name}.{name}")
            if isinstance(owner, Module) and owner is not module:
                value = owner.vars.get(name, MISSING)
                if value is not MISSING:
                    return self.resolve(owner.vars, name) if type(value) is Deferred else value
                value = self._from_stars(owner, name)
                if value is not MISSING:
                    return value
        return MISSING


class _Loader:
    """Puts a module's names in place without working out what nobody asks for."""

    def __init__(self, ev: Evaluator, module: Module) -> None:
        self.ev = ev
        self.frame = Frame(module, module.vars, Call(None, module, None))

    def run(self, body: list[ast.stmt]) -> None:
        text = self.frame.module.file.text
        self.ev.patched |= patched_names(text)
        walrus = ":=" in text
        bound = Counter(n for s in body for n in _bindings(s, walrus))
        several = {name for name, times in bound.items() if times > 1}
        changed = _changed_names(body, changed_inside(_containers(body), text))
        for statement in body:
            names = _bindings(statement, walrus)
            if (
                len(names) == 1
                and names[0] not in several
                and isinstance(statement, (*_DEFINITIONS, ast.Assign, ast.AnnAssign))
                and not (several and _needs(statement, several))
            ):
                self._defer(statement, names[0], names[0] in changed)
            elif isinstance(
                statement, (ast.Import, ast.ImportFrom, ast.If, ast.Try, *_DEFINITIONS, ast.Assign, ast.AnnAssign)
            ) and not is_main_block(statement):
                self.ev.quietly(statement, self.frame)
            elif names:
                self._step(statement, names)
            if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                self.frame.module.own.update(names)
        table = self.frame.vars
        self._reach_out(body)
        used_up = [name for name, value in table.items() if isinstance(value, Lazy)]
        for name in (*global_names(text), *used_up, *(self._constants(body) if changes_globals(text) else ())):
            if name in table:
                table[name] = self.ev.heap.fresh(name)

    def _constants(self, body: list[ast.stmt]) -> list[str]:
        """What a module binds other than by definitions and imports."""
        return [n for s in body if not isinstance(s, (*_DEFINITIONS, ast.Import, ast.ImportFrom)) for n in _bindings(s)]

    def _reach_out(self, body: list[ast.stmt]) -> None:
        """Note what this module stores in the objects of others: nobody knows who reads it before."""
        names, module = self.ev.names, self.frame.module
        for statement in body:
            if not isinstance(statement, (ast.Import, ast.ImportFrom)) or not names.may_be_own(statement):
                continue
            for alias in statement.names:
                changed = module.file.state.changes_of(alias.asname or alias.name.split(".")[0])
                if changed:
                    names.touch(*_origin(names, statement, alias, module), changed)

    def _step(self, statement: ast.stmt, names: list[str]) -> None:
        """A loop or the like: one that makes layers is part of the script, so its names are not known before."""
        module = self.frame.module
        if not self.ev.relevance.leads(statement, module):
            self.ev.quietly(statement, self.frame)
            return
        for name in names:
            if name in module.vars:
                module.vars[name] = self.ev.heap.fresh(name)

    def _defer(self, statement: ast.stmt, name: str, changed: bool) -> None:
        table, frame, ev = self.frame.vars, self.frame, self.ev

        def compute() -> Value:
            scratch = Frame(frame.module, table, frame.call)
            deferred = table.pop(name)
            ev.quietly(statement, scratch)
            value = table.pop(name, MISSING)
            table[name] = deferred
            if changed and isinstance(value, (ListValue, DictValue)):
                value = ListValue([], False) if isinstance(value, ListValue) else DictValue({}, False)
            if isinstance(value, Lazy):
                return ev.heap.fresh(name)  # Statements that are not run may use it up.
            state = frame.module.file.state
            if isinstance(value, ClassValue) and state.is_given_away(name):
                ev.classes.blur_all(value)
            if isinstance(value, Instance) and is_data(value) and (state.is_used(name) or state.is_given_away(name)):
                ev.attributes.blur(value)
                share(value, ev.heap.clock + 1)  # Not every statement that uses it is run.
            return ev.heap.fresh(name) if value is MISSING else value

        table[name] = Deferred(compute)


def is_main_block(statement: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__"``."""
    return isinstance(statement, ast.If) and any(
        isinstance(n, ast.Name) and n.id == "__name__" for n in ast.walk(statement.test)
    )


def _origin(names: Names, statement: Any, alias: ast.alias, module: Module) -> tuple[str, str]:
    """The module that an imported name comes from, and its name there; "" for a module itself."""
    if isinstance(statement, ast.Import):
        return alias.name if alias.asname else alias.name.split(".")[0], ""
    base = names.base(statement, module)
    inner = f"{base}.{alias.name}"
    return (inner, "") if names.ev.project.find(inner) is not None else (base, alias.name)


def _needs(statement: Any, names: set[str]) -> bool:
    """Whether what a statement works out as it is met speaks of any of some names."""
    if isinstance(statement, ast.ClassDef):
        parts: list[Any] = [*statement.bases, *statement.keywords, *statement.decorator_list]
        parts += [s for s in statement.body if isinstance(s, (ast.Assign, ast.AnnAssign))]
    elif isinstance(statement, _FUNCTIONS):
        parts = [*statement.args.defaults, *(d for d in statement.args.kw_defaults if d), *statement.decorator_list]
    else:
        parts = [statement.value] if statement.value is not None else []
    return any(isinstance(n, ast.Name) and n.id in names for part in parts for n in ast.walk(part))


def _bindings(statement: ast.stmt, walrus: bool = False) -> list[str]:
    """The names that a statement binds, blocks within blocks included; ``walrus`` where expressions may bind some."""
    found: list[str] = []
    if walrus and not isinstance(statement, _DEFINITIONS):
        found += [n.target.id for n in ast.walk(statement) if isinstance(n, ast.NamedExpr)]
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        found += _own_bindings(node)
        if isinstance(node, _BLOCKS):
            stack.extend(n for n in ast.iter_child_nodes(node) if isinstance(n, (ast.stmt, ast.ExceptHandler)))
        if isinstance(node, ast.Match):
            stack.extend(s for case in node.cases for s in case.body)
    return found


def _own_bindings(statement: ast.AST) -> list[str]:
    if isinstance(statement, _DEFINITIONS):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        return [
            n.id
            for t in statement.targets
            for n in ast.walk(t)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) and isinstance(statement.target, ast.Name):
        return [statement.target.id] if statement.__class__ is ast.AugAssign or statement.value is not None else []
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return [a.asname or a.name.split(".")[0] for a in statement.names]
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        return [n.id for n in ast.walk(statement.target) if isinstance(n, ast.Name)]
    if isinstance(statement, ast.With):
        targets = [i.optional_vars for i in statement.items if i.optional_vars is not None]
        return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return []


def _containers(body: list[ast.stmt]) -> list[str]:
    """The names of a module that may stand for lists and dicts."""
    return [
        t.id
        for s in body
        if isinstance(s, ast.Assign) and isinstance(s.value, (ast.List, ast.Dict, ast.Call, ast.ListComp, ast.DictComp))
        for t in s.targets
        if isinstance(t, ast.Name) and t.id not in ("__all__", "logger")
    ]


def _changed_names(body: list[ast.stmt], elsewhere: set[str]) -> set[str]:
    """Names whose object a later top-level statement, or a function, may change in place, under whatever name."""
    changed = _mentioned_in_changes(body) | elsewhere
    aliases = [(s.targets, s.value) for s in body if isinstance(s, ast.Assign) and isinstance(s.value, _HOLDERS)]
    size = -1
    while changed and size != len(changed):
        size = len(changed)
        for targets, value in aliases:
            names = {n.id for node in (*targets, value) for n in ast.walk(node) if isinstance(n, ast.Name)}
            if not names.isdisjoint(changed):
                changed |= names
    return changed


def _mentioned_in_changes(body: list[ast.stmt]) -> set[str]:
    changed: set[str] = set()
    for statement in body:
        if isinstance(statement, (*_DEFINITIONS, ast.Import, ast.ImportFrom)) or (
            isinstance(statement, (ast.Assign, ast.AnnAssign)) and not _stores_inside(statement)
        ):
            continue
        changed.update(n.id for n in ast.walk(statement) if isinstance(n, ast.Name))
    return changed


def _stores_inside(statement: Any) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(not isinstance(t, ast.Name) for t in targets)
