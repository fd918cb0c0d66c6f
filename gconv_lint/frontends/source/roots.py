"""Chooses where evaluation starts: scripts first, then every definition that nothing else was seen to call."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from gconv_lint.frontends.source.evaluator import Evaluator
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.memo import Entry
from gconv_lint.frontends.source.names import is_main_block
from gconv_lint.frontends.source.statements import compile_statement
from gconv_lint.frontends.source.values import (
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    Module,
    OutOfFuel,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

FUEL = 20_000
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Root:
    """One start of evaluation: what it reached, and the function whose callers would make it superfluous."""

    __slots__ = ("entry", "function")

    def __init__(self, entry: Entry, function: Function | None) -> None:
        self.entry = entry
        self.function = function

    @property
    def counts(self) -> bool:
        """Whether this is a way that the project itself can take: nobody calls it with better values."""
        return self.function is None or not self.function.code.called


class Roots:
    """Evaluates the modules under test."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.done: list[Root] = []

    def run(self, modules: list[Module]) -> list[Root]:
        """Evaluate every module's script part, functions and classes."""
        for module in modules:
            self._script(module)
        for kind in (Function, ClassValue):
            for module in modules:
                for value in reversed(self._definitions(module)):
                    if isinstance(value, kind):
                        self._open(value, module)
        return self.done

    def _definitions(self, module: Module) -> list[Value]:
        found = []
        tree = module.file.tree()
        for statement in tree.body if tree is not None else []:
            if isinstance(statement, _DEFINITIONS) and self.ev.relevance.leads(statement, module):
                value = self.ev.names.module_attribute(module, statement.name)
                if isinstance(value, (Function, ClassValue)) and value.module is module:
                    found.append(value)
        return found

    def _attempt(self, module: Module, function: Function | None, run: Callable[[Frame], Value]) -> None:
        """Run one root with fuel of its own; whatever it met stays known."""
        ev = self.ev
        call = Call(None, module, None)
        entry = Entry(call)
        ev.memo.current, ev.fuel = entry, FUEL
        ev.heap.begin()
        frame = Frame(module, {}, call)
        try:
            run(frame)
        except Raised:
            pass
        except (OutOfFuel, RecursionError):
            ev.gap("too much work for one root", frame, function.code.node if function is not None else None)
        ev.heap.journal = None
        self.done.append(Root(entry, function))

    def _script(self, module: Module) -> None:
        tree = module.file.tree()
        for statement in tree.body if tree is not None else []:
            if self._is_script(statement, module):
                self._attempt(module, None, lambda frame, s=statement: self._run_statement(s, module, frame))

    def _is_script(self, statement: ast.stmt, module: Module) -> bool:
        if is_main_block(statement):
            return True
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return False
        if not isinstance(statement, (ast.Expr, ast.Assign, ast.For, ast.With)):
            return False
        return any(isinstance(n, ast.Call) and self._makes_modules(n, module) for n in ast.walk(statement))

    def _makes_modules(self, node: ast.Call, module: Module) -> bool:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        value = self.ev.names.module_attribute(module, name) if name in module.vars else None
        if isinstance(value, (ClassValue, Instance)):
            return True
        return isinstance(node.func, ast.Attribute) and node.func.attr[:1].isupper()

    def _run_statement(self, statement: ast.stmt, module: Module, frame: Frame) -> None:
        frame.vars = module.vars
        body = statement.body if isinstance(statement, ast.If) else [statement]
        for step in body:
            try:
                compile_statement(self.ev, step)(frame)
            except Raised:
                continue

    def _open(self, value: Function | ClassValue, module: Module) -> None:
        """Evaluate a definition that no evaluated code has called: defaults where it has them, symbols elsewhere."""
        init = value.lookup("__init__") if isinstance(value, ClassValue) else value
        if not isinstance(init, Function) or init.code.called:
            return
        if isinstance(value, ClassValue) and not (value.open or value.external_base() is not None):
            return
        if isinstance(value, ClassValue):
            self._attempt(module, init, lambda f: self._construct(value, init, f))
        else:
            self._attempt(module, init, lambda f: self.ev.functions.run(init, [], {}, None, f, f.call, self._arguments(init, f)))

    def _construct(self, cls: ClassValue, init: Function, f: Frame) -> Instance:
        instance = Instance(cls)
        self.ev.functions.run(init, [instance], {}, None, f, f.call, self._arguments(init, f, instance))
        self.ev.built(instance, f.call)
        return instance

    def _arguments(self, function: Function, f: Frame, receiver: Value = None) -> dict[str, Value]:
        code = function.code
        variables: dict[str, Any] = {}
        for position, name in enumerate(code.params):
            has_default = position >= code.required
            variables[name] = function.defaults[position - code.required] if has_default else Sym.atom(name)
        for name in code.kw_only:
            variables[name] = function.kw_defaults.get(name, Sym.atom(name))
        if receiver is not None and code.params:
            variables[code.params[0]] = receiver
        complete = code.required <= (receiver is not None)
        if code.varargs is not None:
            variables[code.varargs] = () if complete else Sym.atom(code.varargs)
        if code.kwargs is not None:
            variables[code.kwargs] = DictValue({}, complete)
        return variables
