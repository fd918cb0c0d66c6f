"""The evaluator: runs model code over values that may be unknown, and notes every layer it sees made."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from gconv_lint.frontends.source import (
    builtin_methods,
    comparisons,
    containers,
    data_classes,
    dunders,
    iterators,
    operators,
)
from gconv_lint.frontends.source.assignments import make_assigner
from gconv_lint.frontends.source.attributes import Attributes
from gconv_lint.frontends.source.classes import Classes
from gconv_lint.frontends.source.compilers import COMPILERS
from gconv_lint.frontends.source.definitions import Definitions
from gconv_lint.frontends.source.edits import Edits
from gconv_lint.frontends.source.escapes import Escapes
from gconv_lint.frontends.source.externals import Externals
from gconv_lint.frontends.source.forwards import Forwards
from gconv_lint.frontends.source.frames import Call, Closure, Frame
from gconv_lint.frontends.source.functions import Functions
from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.items import Items
from gconv_lint.frontends.source.iterators import MAX_ITERATIONS
from gconv_lint.frontends.source.memo import Memo
from gconv_lint.frontends.source.names import Names
from gconv_lint.frontends.source.project import Project
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.relevance import Relevance
from gconv_lint.frontends.source.statements import compile_statement
from gconv_lint.frontends.source.tensors import Tensors
from gconv_lint.frontends.source.torch_calls import TorchCalls
from gconv_lint.frontends.source.values import (
    MISSING,
    UNKNOWN_STAR,
    Bound,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    Lazy,
    ListValue,
    OutOfFuel,
    Partial,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym, opaque
from gconv_lint.model.graph import Gap

MAX_DEPTH = 48
#: Methods of argument parsers that end the program.
_REFUSAL = re.compile(r"[Pp]arser(?:#[\d.]+)?[^.]*\.(?:error|exit)$")


class Evaluator:
    """The state of one analysis, and the calls that connect its parts."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.heap = Heap(self.spend)
        self.memo = Memo(self)
        self.can_remember = True
        self.compilers = COMPILERS
        #: whether every block with a grouped convolution is followed, and not only those where several meet
        self.thorough = False
        self.fuel = 0
        #: how often something was asked that answers otherwise each time
        self.chance = 0
        #: what every load of one name, and every mention of one constant, is compiled to
        self.closures: dict[Any, Closure] = {}
        #: what somebody puts something else in the place of, by qualified names
        self.patched: set[str] = set()
        self.gaps: list[tuple[str, Any, ast.AST | None]] = []
        self.edits = Edits(self)
        self.escapes = Escapes(self)
        self.heap.one_of = self.escapes.one_of
        self.definitions = Definitions(self)
        self.functions = Functions(self)
        self.classes = Classes(self)
        self.attributes = Attributes(self)
        self.items = Items(self)
        self.tensors = Tensors(self)
        self.heap.cover = self.tensors.either
        self.torch = TorchCalls(self)
        self.externals = Externals(self)
        self.forwards = Forwards(self)
        self.relevance = Relevance(self)
        self.names = Names(self)

    def spend(self, amount: int) -> None:
        """Use up fuel; raises ``OutOfFuel`` when there is none left."""
        self.fuel -= amount
        if self.fuel < 0:
            raise OutOfFuel

    def enter(self, call: Call) -> None:
        """Account for one more call."""
        self.spend(1)
        if call.depth > MAX_DEPTH:
            raise Raised("RecursionError")

    def record(self, record: Record) -> None:
        """Note a layer."""
        self.memo.current.records.append(record)

    def gap(self, reason: str, f: Frame, node: ast.AST | None) -> None:
        """Note something that could not be read."""
        self.gaps.append((reason, f.module, node))

    def built(self, instance: Instance, call: Call) -> None:
        """An instance of a module class is complete."""
        self.forwards.built(instance, call)

    def quietly(self, statement: ast.stmt, f: Frame) -> None:
        """Run a module-level statement; one that raises leaves its names unknown."""
        try:
            compile_statement(self, statement)(f)
        except Raised:
            return
        except (OutOfFuel, RecursionError):
            self.gap("too much work in one statement", f, None)

    def assigner(self, target: ast.expr) -> Callable[[Frame, Value], None]:
        """The function that binds ``target``."""
        return make_assigner(self, target)

    def operate(self, symbol: str, a: Value, b: Value) -> Value:
        """``a symbol b``."""
        if self.tensors.is_tensor(a) or self.tensors.is_tensor(b):
            return self.tensors.operate(symbol, a, b)
        defined = dunders.binary(self, symbol, a, b)
        return operators.binary(self.heap, symbol, a, b) if defined is MISSING else defined

    def compare(self, symbol: str, a: Value, b: Value) -> Value:
        """``a symbol b`` for comparisons, memberships and identities."""
        if symbol in ("in", "not in"):
            self.escapes.used(b)
            answer = comparisons.truth(dunders.run(self, b, "__contains__", a))
            if answer is not None:
                return answer is (symbol == "in")
        elif symbol not in ("is", "is not"):
            defined = dunders.binary(self, symbol, a, b)
            if defined is not MISSING:
                return defined
        return comparisons.compare(self.heap, symbol, a, b)

    def truth(self, value: Value) -> bool | None:
        """Whether ``if value`` takes its branch."""
        if type(value) is Instance:
            defined = dunders.run(self, value, "__bool__")
            if defined is MISSING:
                defined = dunders.run(self, value, "__len__")
            if defined is not MISSING:
                return comparisons.truth(defined)
        return comparisons.truth(value)

    def choose(self, condition: Value, a: Value, b: Value) -> Value:
        """``a if condition else b`` where the condition is unknown."""
        joined_same = self.heap.join(a, b, "either")
        if joined_same is a or not isinstance(condition, Sym):
            return joined_same
        if all(isinstance(v, (int, float, Sym)) for v in (a, b)):
            return opaque(f"({a} if {condition} else {b})")
        return joined_same

    def iterate(self, value: Value) -> list[Value] | None:
        """The items of an iterable, or ``None`` when they are not known."""
        if isinstance(value, ListValue):
            return list(value.items) if value.exact else None
        if isinstance(value, Lazy):
            return iterators.drain(self, value)
        if isinstance(value, tuple):
            return list(value)
        if isinstance(value, range):
            return list(value) if len(value) <= MAX_ITERATIONS else None
        if isinstance(value, DictValue):
            return list(value.items) if value.exact else None
        if isinstance(value, str):
            return list(value) if len(value) <= MAX_ITERATIONS else None
        if isinstance(value, Instance):
            made = dunders.run(self, value, "__iter__")
            if made is not MISSING:
                return None if made is value else self.iterate(made)
            held = data_classes.row(value)
            return list(held) if held is not None else containers.rows(value)
        if isinstance(value, (int, float, type(None))):
            raise Raised("TypeError")
        self.escapes.used(value)
        self.tensors.memory.lose(value)
        return None

    def element(self, value: Value) -> Value:
        """What a loop over something unknown binds."""
        if isinstance(value, Lazy):
            return self.escapes.one_of("element", *value.watched)
        return self.escapes.one_of("element", *(value.lost if isinstance(value, (ListValue, DictValue)) else (value,)))

    def unpack(self, value: Value, count: int, star: int | None) -> list[Value]:
        """The values for the targets of an unpacking assignment."""
        return self.items.unpack(value, count, star)

    def extend(self, owner: ListValue, more: Value) -> None:
        """``owner += more``."""
        self.items.extend(owner, more)

    def call(self, callee: Value, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame) -> Value:
        """The value of ``callee(*args, **kwargs)``."""
        kind = type(callee)
        if kind is Function:
            return self.functions.call(callee, args, kwargs, node, f)
        if kind is ClassValue:
            return self.classes.instantiate(callee, args, kwargs, node, f)
        if kind is Bound:
            return self._call_bound(callee, args, kwargs, node, f)
        if kind is External:
            return self.externals.call(callee.name, args, kwargs, node, f)
        if kind is Builtin:
            return callee.run(args, kwargs, node, f)
        if kind is Partial:
            return self.call(callee.function, [*callee.args, *args], {**keywords(callee), **kwargs}, node, f)
        if kind is Instance:
            return self._call_instance(callee, args, kwargs, node, f)
        self.escapes.give([*args, *kwargs.values()])
        if isinstance(callee, Sym) and _REFUSAL.search(str(callee)):
            raise Raised("SystemExit")
        self.escapes.asked(callee)
        hidden, owners = self.escapes.used(callee), self.edits.called(callee)
        made = self.heap.fresh("call") if hidden is MISSING else self.escapes.hide("call", hidden)
        return self.edits.part_of(made, owners)

    def _call_bound(
        self, callee: Bound, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        function, receiver = callee.function, callee.receiver
        if isinstance(function, Function):
            function.code.called = True
            return self.functions.run(function, [receiver, *args], kwargs, node, f)
        if isinstance(function, str):
            if self.tensors.is_tensor(receiver):
                return self.tensors.method(receiver, function, args, kwargs, node, f)
            return builtin_methods.call(self, receiver, function, args, kwargs)
        return self.externals.call_method(function.name, receiver, args, kwargs, node, f)

    def _call_instance(
        self, callee: Instance, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        if isinstance(callee.cls, ClassValue):
            for name in ("__call__", "forward"):
                method = callee.cls.lookup(name)
                if isinstance(method, Function):
                    if name == "forward":
                        return self.forwards.call(callee, method, args, kwargs, node, f)
                    return self.functions.run(method, [callee, *args], kwargs, node, f)
        return self.forwards.call(callee, None, args, kwargs, node, f)


def keywords(made: Partial) -> dict[Any, Value]:
    """The keywords of a ``functools.partial``, as somebody may have changed them."""
    table = made.keywords
    if table is None:
        return made.kwargs
    return table.items if table.exact else {**table.items, UNKNOWN_STAR: True}


def as_gaps(evaluator: Evaluator) -> tuple[Gap, ...]:
    """What could not be read, as places."""
    return tuple(
        Gap(reason=reason, place=module.file.place(node) if node is not None else None)
        for reason, module, node in evaluator.gaps
    )
