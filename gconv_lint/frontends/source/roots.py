"""Chooses where evaluation starts: scripts first, then every definition that nothing else was seen to call."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import Any

from gconv_lint.frontends.source import configurations, scripts
from gconv_lint.frontends.source.bindings import DEFINITIONS
from gconv_lint.frontends.source.entries import Entry, Root, reachable
from gconv_lint.frontends.source.evaluator import Evaluator
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.name_graph import PARTS_OF_LAYERS
from gconv_lint.frontends.source.values import (
    MISSING,
    ClassValue,
    DictValue,
    Function,
    Instance,
    Module,
    OutOfFuel,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

FUEL = 20_000
#: What the script and the factories of a module share for each of its lines, and at least: hundreds of factories of
#: one family show little that is new, and a run's time stays in step with the size of what it reads.
LINE_FUEL, MODULE_FUEL = 2, 1_500
#: Runs over at most this many files can afford more: of each module, this much for functions and as much for classes.
FEW_MODULES, AMPLE_FUEL = 16, 16 * FUEL
#: Modules after which the functions of others are forgotten: their neighbours often call the same ones.
RELEASE_EVERY = 8


class Roots:
    """Evaluates the modules under test."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.done: list[Root] = []
        #: fuel that is left for the script and the functions of each module, and for its classes
        self._shares: dict[Module, int] = {}
        self._class_shares: dict[Module, int] = {}
        #: how many modules the whole run has, where these are only some of them
        self.modules = 0
        #: told the share of the work that is done, 0 to 1
        self.watch: Callable[[float], None] = lambda _: None

    def run(self, modules: list[Module]) -> list[Root]:
        """Evaluate every module's script part, functions and classes."""
        steps = 3 * len(modules) + 1
        for number, module in enumerate(modules):
            self.watch(number / steps)
            few = (self.modules or len(modules)) <= FEW_MODULES
            self._shares[module] = AMPLE_FUEL if few else max(MODULE_FUEL, LINE_FUEL * module.file.length)
            self._class_shares[module] = AMPLE_FUEL
            self._script(module)
        found = [(module, self._definitions(module, self.ev.relevance.leads)) for module in modules]
        for kind in (Function, ClassValue):
            for number, (module, values) in enumerate(found, (1 if kind is Function else 2) * len(modules)):
                self.watch(number / steps)
                self._open_all([v for v in reversed(values) if isinstance(v, kind)], module)
                module.file.release()
                if number % RELEASE_EVERY == 0:
                    self._release()
        self._release()
        reached: dict[str, list[int]] = {}
        entries = reachable(root.entry for root in self.done)
        for path, (line, _) in sorted({record.place for entry in entries for record in entry.records}):
            reached.setdefault(path, []).append(line)
        for module in modules:
            for cls in self._definitions(module, self._speaks):
                self._open_methods(cls, module, reached.get(module.file.path, []))
            module.file.release()
        return self.done

    def _speaks(self, statement: ast.stmt, module: Module) -> bool:
        """Whether a class has a layer's name in its text, be it in a method that its constructor never calls."""
        return isinstance(statement, ast.ClassDef) and module.file.speaks(statement, PARTS_OF_LAYERS)

    def _release(self) -> None:
        """Forget the bodies of functions that any module had to be asked for."""
        for module in self.ev.names.modules.values():
            module.file.release()

    def _open_methods(self, cls: Value, module: Module, reached: list[int]) -> None:
        """Evaluate the methods that make layers and that nothing has run: ``forward``, or what only users call."""
        for method in list(cls.attrs.values()) if isinstance(cls, ClassValue) else ():
            other = isinstance(method, Function) and method.code.name != "__init__"
            if other and self.ev.relevance.makes(method) and not _has_any(method.code.node, reached):
                self._attempt(module, method, partial(self._run_method, cls, method))

    def _run_method(self, cls: ClassValue, method: Function, f: Frame) -> None:
        """Run a method; the construction of its instance is no part of the root."""
        receiver = None if method.kind == "static" else cls if method.kind == "class" else self._unnoticed(cls, f)
        self.ev.functions.run(method, [], {}, None, f, f.call, self._arguments(method, f, receiver))

    def _unnoticed(self, cls: ClassValue, f: Frame) -> Instance:
        """An instance whose layers count elsewhere."""
        memo = self.ev.memo
        entry, memo.current = memo.current, Entry(f.call)
        try:
            return self._constructed(cls, cls.lookup("__init__"), f)
        finally:
            memo.current = entry

    def _open_all(self, values: list[Value], module: Module) -> None:
        """Open a module's functions or classes; functions get on with what is left of the module's share."""
        for value in values:
            if isinstance(value, ClassValue) or self._shares[module] > 0:
                self._open(value, module)

    def _definitions(self, module: Module, wanted: Callable[[ast.stmt, Module], bool]) -> list[Value]:
        found = []
        tree = module.file.tree()
        for statement in tree.body if tree is not None else []:
            if isinstance(statement, DEFINITIONS) and wanted(statement, module):
                value = self.ev.names.module_attribute(module, statement.name)
                value = self.ev.definitions.originals.get((module, statement.name), value)
                while isinstance(value, Function) and value.wraps is not None:
                    value = value.wraps  # what the author wrote, whatever a decorator does to its callers
                if isinstance(value, (Function, ClassValue)) and value.module is module:
                    found.append(value)
        return found

    def _attempt(self, module: Module, function: Function | None, run: Callable[[Frame], Value]) -> None:
        """Run one root with fuel of its own; whatever it met stays known."""
        ev = self.ev
        call = Call(None, module, None)
        entry = Entry(call)
        in_class = function is not None and function.owner is not None
        shares = self._class_shares if in_class else self._shares
        fuel = min(FUEL, max(0, shares[module]))
        ev.memo.current, ev.fuel = entry, fuel
        ev.heap.begin()
        ev.escapes.begin()
        frame = Frame(module, {}, call)
        try:
            run(frame)
            ev.forwards.settle()
        except Raised:
            pass
        except (OutOfFuel, RecursionError):
            ev.gap("too much work for one root", frame, function.code.node if function is not None else None)
        ev.heap.journal = None
        ev.memo.end_root()
        shares[module] -= fuel - ev.fuel
        self.done.append(Root(entry, function))

    def _script(self, module: Module) -> None:
        for statement in scripts.steps(self.ev, module):
            self._attempt(module, None, partial(scripts.run, self.ev, statement, module))

    def _open(self, value: Function | ClassValue, module: Module) -> None:
        """Evaluate a definition that no evaluated code has called: defaults where it has them, symbols elsewhere."""
        init = value.lookup("__init__") if isinstance(value, ClassValue) else value
        while isinstance(init, Function) and init.wraps is not None:
            init = init.wraps
        if not isinstance(init, Function) or init.code.called:
            return
        if isinstance(value, ClassValue) and not (value.open or value.external_base() is not None):
            return
        if isinstance(value, ClassValue):
            self._attempt(module, init, lambda f: self._construct(value, init, f))
        else:
            self._attempt(
                module, init, lambda f: self.ev.functions.run(init, [], {}, None, f, f.call, self._arguments(init, f))
            )

    def _construct(self, cls: ClassValue, init: Function, f: Frame) -> Instance:
        instance = self._constructed(cls, init, f)
        self.ev.built(instance, f.call)
        return instance

    def _constructed(self, cls: ClassValue, init: Value, f: Frame) -> Instance:
        instance = Instance(cls)
        for name in _placeholders(cls):
            instance.attrs[name] = Sym.atom(name)
        if isinstance(init, Function):
            self.ev.functions.run(init, [instance], {}, None, f, f.call, self._arguments(init, f, instance))
        return instance

    def _arguments(self, function: Function, f: Frame, receiver: Value = None) -> dict[str, Value]:
        code, kinds = function.code, configurations.annotated(function)
        inside = Frame(function.module, {}, f.call)
        variables: dict[str, Any] = {}
        for position, name in enumerate(code.params):
            has_default = position >= code.required
            default = function.defaults[position - code.required] if has_default else MISSING
            variables[name] = self._given(default, name, kinds, inside)
        for name in code.kw_only:
            variables[name] = self._given(function.kw_defaults.get(name, MISSING), name, kinds, inside)
        if receiver is not None and code.params:
            variables[code.params[0]] = receiver
        complete = code.required <= (receiver is not None)
        if code.varargs is not None:
            variables[code.varargs] = () if complete else Sym.atom(code.varargs)
        if code.kwargs is not None:
            variables[code.kwargs] = DictValue({}, complete)
        return variables

    def _given(self, default: Value, name: str, kinds: dict[str, str], f: Frame) -> Value:
        """What a parameter gets: its default, or an unknown."""
        if default is not MISSING:
            return default
        return configurations.unknown(self.ev, name, kinds.get(name, ""), f)


def _placeholders(cls: ClassValue) -> list[str]:
    """Attributes of a class that no layer can do with: subclasses are to set them."""
    tables = [base.attrs for base in cls.mro if isinstance(base, ClassValue)]
    return [name for table in tables for name, value in table.items() if type(value) is int and value <= 0]


def _has_any(node: Any, lines: list[int]) -> bool:
    """Whether a definition has any of some ascending lines."""
    index = bisect_left(lines, node.lineno)
    return index < len(lines) and lines[index] <= node.end_lineno
