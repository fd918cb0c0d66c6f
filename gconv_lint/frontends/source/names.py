"""Names beyond a function's own variables: enclosing scopes, modules, imports and built-ins."""

from __future__ import annotations

import ast
import math
import os
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import builtin_functions
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.memo import share
from gconv_lint.frontends.source.shared_state import (
    EVERYTHING,
)
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.values import (
    MISSING,
    ClassValue,
    Deferred,
    DictValue,
    External,
    Function,
    Instance,
    ListValue,
    Module,
    Value,
)
from gconv_lint.model.signatures import SIGNATURES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.parsed_files import SourceFile

#: What the statements of one module may cost that must run before its names are known.
LOADING_FUEL = 20_000
#: A module that re-exports more others than this is a catalogue, and not where a name is looked for.
MAX_STARS = 24
#: Where the variables of a module keep its own name.
MODULE = "#module"
#: What snippets mean by names that they forget to import.
_USUAL = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "math": "math"}


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
        from gconv_lint.frontends.source.loader import Loader

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
            Loader(self.ev, module).run(tree.body)
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
        if not module.file.package:
            return self._beside(node, module)
        package = module.file.package.split(".")
        package = package[: len(package) - node.level + 1]
        return ".".join([*package, *([node.module] if node.module else [])])

    def _beside(self, node: ast.ImportFrom, module: Module) -> str:
        """The neighbour that a file in a folder without a package's name means: such a folder is loaded by its path.

        Another folder may hold a file of that name too, and comes first: then nobody knows.
        """
        file = self.ev.project.find(node.module) if node.module and node.level == 1 else None
        own, found = (os.path.dirname(os.path.abspath(f.path)) if f else None for f in (module.file, file))
        return node.module if node.module and own == found else "." * node.level + (node.module or "")

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
