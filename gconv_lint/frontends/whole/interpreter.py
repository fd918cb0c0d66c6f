"""The interpreter: follows code under test on known values, as Python would, and says where it does not know."""

from __future__ import annotations

import ast
import builtins as python
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from gconv_lint.frontends.fx.faults import MOST
from gconv_lint.frontends.whole import builtin_names, calls, limits, texts, wellknown
from gconv_lint.frontends.whole.attributes import Attributes, kind_of
from gconv_lint.frontends.whole.classes import Classes
from gconv_lint.frontends.whole.deferred import Deferred
from gconv_lint.frontends.whole.expressions import Expressions
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.functions import MAX_DEPTH, Functions
from gconv_lint.frontends.whole.generators import Generators
from gconv_lint.frontends.whole.items import Items
from gconv_lint.frontends.whole.modules import Modules
from gconv_lint.frontends.whole.operators import Operators
from gconv_lint.frontends.whole.statements import Statements
from gconv_lint.frontends.whole.tensors import Tape, Tensor
from gconv_lint.frontends.whole.torch_modules import TorchModules
from gconv_lint.frontends.whole.values import (
    MISSING,
    Class,
    External,
    GapAt,
    Native,
    Obj,
    Raised,
    Stopped,
    Stream,
    Unknown,
    Value,
    held,
)

#: Steps that a program may take: calls, turns of loops, lengths of what it makes, layers and operations on tensors.
FUEL = 2_000_000
_CHECKED = 4096


class Interpreter:
    """The state of one run, and what connects its parts."""

    def __init__(self, search: Iterable[str] = (), seconds: float = 60.0) -> None:
        self.fuel = FUEL
        #: steps at which somebody looks at the clock
        self._next_look = FUEL
        self.ends = time.monotonic() + seconds
        self.tape = Tape()
        self.gaps: list[GapAt] = []
        self._told: set[GapAt] = set()
        self.deferred = Deferred(self)
        self.frame: Frame | None = None
        self.depth = 0
        self.patched: set[str] = set()
        self.environ: dict[Any, Value] = {}
        self.object = Class("object", (), {})
        self.exceptions: dict[str, Class] = {}
        #: what is outside of the program, which may change it, by name
        self.outside: dict[str, Value] = {}
        #: ``callee(*args, **kwargs)``: of a value, the arguments in a list and a dictionary, and the frame that calls
        self.call: Callable[[Value, list[Value], dict[str, Value], Frame | None], Value] = partial(calls.call, self)
        self.expressions = Expressions(self)
        self.statements = Statements(self)
        self.functions = Functions(self)
        self.generators = Generators(self)
        self.classes = Classes(self)
        self.attributes = Attributes(self)
        self.items_of = Items(self)
        self.operators = Operators(self)
        self.modules_of = TorchModules(self)
        self.modules = Modules(self, search)
        self.builtins = builtin_names.table(self)

    def spend(self, amount: int) -> None:
        """Use up fuel. Raises ``Stopped`` when there is none left, or no time."""
        self.fuel -= amount
        if self.fuel < self._next_look:
            self._look()

    def _look(self) -> None:
        if self.fuel < 0:
            raise Stopped("it takes more steps than are followed")
        self._next_look = max(0, self.fuel - _CHECKED)
        if time.monotonic() > self.ends:
            raise Stopped("it takes longer than the --timeout allows")

    def renew(self, seconds: float, gaps: Iterable[tuple[str, str, int]] = ()) -> None:
        """Begin another run on the modules that are loaded, in which ``gaps`` are known from the start."""
        self.fuel, self._next_look, self.ends = FUEL, FUEL, time.monotonic() + seconds
        self.gaps = list(gaps)
        self._told = set(self.gaps)
        self.frame, self.depth = None, 0
        self.tape = Tape()
        before = self.modules_of.watched
        self.modules_of.renew(before.first + len(before.made))
        self.modules.release()

    def refuel(self) -> None:
        """What is left to be done is no work of the program's."""
        self.fuel, self.ends = FUEL, float("inf")

    def enter(self, frame: Frame) -> None:
        """One more call. Raises ``Raised`` when there are too many inside of each other."""
        self.spend(1)
        self.depth += 1
        self.frame = frame
        if self.depth > MAX_DEPTH:
            raise self.error("RecursionError", "maximum recursion depth exceeded")

    def leave(self, outer: Frame | None) -> None:
        """The call that was entered last is over."""
        self.depth -= 1
        self.frame = outer

    def gap(self, reason: str, at: Any = None) -> None:
        """Note something that is not understood, where the program stands now."""
        self.tell(self._placed(reason, at))

    def tell(self, gap: GapAt) -> None:
        """Note a gap, once."""
        if gap not in self._told:
            self._told.add(gap)
            self.gaps.append(gap)

    def _placed(self, reason: str, at: Any) -> GapAt:
        frame = self.frame
        node = at if isinstance(at, ast.AST) else frame.node if frame is not None else None
        return (reason[:MOST], frame.namespace.path if frame is not None else "", getattr(node, "lineno", 1))

    def unknown(self, reason: str, at: Any = None, origin: str = "") -> Unknown:
        """A value that is not known, with the gap that says why; while modules are loaded that waits for its use."""
        if self.deferred.depth:
            return self.deferred.unknown(self._placed(reason, at), origin)
        self.gap(reason, at)
        return Unknown(reason, None, origin)

    def undecided(self, condition: Unknown, node: ast.AST) -> Unknown:
        """The result of what depends on a condition that is not known."""
        self.deferred.use(condition)
        return self.unknown(f"a condition is not known: {condition.reason}", node)

    def known(self, name: str, make: Callable[[Interpreter], Value]) -> Value:
        """Something outside that this program may change, by its name."""
        if name not in self.outside:
            self.outside[name] = make(self)
        return self.outside[name]

    def patch(self, owner: External, name: str) -> None:
        """Something outside is replaced: nothing is known of it from now on."""
        self.patched.add(f"{owner.name}.{name}")
        self.gap(f"`{owner.name}.{name}` is replaced")

    def error(self, kind: str, message: str = "") -> Raised:
        """An exception of Python's own."""
        made = Obj(self.exception(kind))
        made.attrs["args"] = (message,) if message else ()
        return Raised(made, self.frame)

    def exception(self, name: str) -> Class:
        """The class of an exception of Python's, by its name."""
        if name not in self.exceptions:
            real = getattr(python, name)
            base = real.__base__.__name__
            bases = (self.object,) if base == "object" else (self.exception(base),)
            attrs = {} if base != "object" else {"__init__": Native("__init__", _exception_init)}
            self.exceptions[name] = Class(name, bases, attrs)
        return self.exceptions[name]

    def raising(self, value: Value, f: Frame) -> Raised:
        """The exception of a ``raise`` statement."""
        if isinstance(value, Unknown):
            self.gap(f"something unknown is raised: {value.reason}")
        if isinstance(value, Class):
            value = self.call(value, [], {}, f)
        if isinstance(value, Obj):
            return Raised(value, f)
        return self.error("Exception", "something unknown is raised" if value is not None else "")

    def catches(self, kinds: Value, error: Value) -> bool:
        """Whether an ``except`` clause names the class of an exception."""
        if isinstance(kinds, tuple):
            limits.check(self, kinds)
            return any(self.catches(kind, error) for kind in kinds)
        if isinstance(kinds, Class):
            return isinstance(error, Obj) and error.cls.derives(kinds)
        if isinstance(kinds, External):
            return isinstance(error, Obj) and kinds in error.cls.mro
        return False

    def translated(self, error: Exception) -> Raised:
        """What Python raised in a computation on the program's values, as the program's own."""
        name = type(error).__name__
        return self.error(name if isinstance(getattr(python, name, None), type) else "Exception", str(error))

    def builtin(self, name: str, f: Frame) -> Value:
        """A name of Python's own. Raises ``Raised`` where there is none."""
        value = self.builtins.get(name, MISSING)
        if value is not MISSING:
            return value
        real = getattr(python, name, None)
        if isinstance(real, type) and issubclass(real, BaseException):
            return self.exception(name)
        if name == "__name__":
            return f.namespace.qualified
        if name == "__file__":
            return f.namespace.path
        if hasattr(python, name):
            return External(f"builtins.{name}")
        raise self.error("NameError", f"name '{name}' is not defined")

    def method(self, owner: Obj, name: str, args: list[Value], f: Frame | None = None) -> Value:
        """``owner.name(*args)`` for a method of its class, ``MISSING`` where that has none."""
        function = owner.cls.lookup(name)
        if function is MISSING or function is None:
            return MISSING
        return self.call(self.attributes.bound(function, owner, owner.cls), args, {}, f or self.frame)

    def decorated(self, decorator: Value, value: Value, f: Frame) -> Value:
        """What a decorator makes of a function or a class; nothing, with a gap, for one that cannot be read."""
        known = wellknown.decorated(self, decorator, value)
        if known is not MISSING:
            return known
        made = self.call(decorator, [value], {}, f)
        return value if isinstance(made, Unknown) and not self.deferred.depth else made

    def condition(self, value: Value, node: ast.AST) -> Value:
        """What decides a branch: something unknown for a tensor whose values are not known."""
        if type(value) is not Tensor or (value.values is not None and len(value.values) == 1):
            return value
        return self.unknown("a condition asks for the values of a tensor", node)

    def truth(self, value: Value) -> bool:
        """Whether ``if value`` takes its branch; what is not known is false, with a gap."""
        kind = type(value)
        if kind is Obj:
            for name in ("__bool__", "__len__"):
                made = self.method(value, name, [])
                if made is not MISSING:
                    return self.truth(made)
            return bool(held(value)) if held(value) is not value else True
        if kind is Unknown:
            self.deferred.use(value)
            self.gap(f"a condition is not known: {value.reason}")
            return False
        if kind is Tensor:
            if value.values is not None and len(value.values) == 1:
                return bool(value.values[0])
            self.gap("a condition asks for the values of a tensor")
            return False
        if kind is External:
            if not value.name.startswith("torch."):
                self.gap(f"a condition asks what `{value.name}` is")
            return True
        return bool(value)

    def iterate(self, value: Value) -> Iterator[Value]:
        """The items of an iterable, one after the other, while it may change. Raises ``Raised``."""
        kind = type(value)
        if kind in (list, tuple, range, str, set, frozenset, bytes):
            yield from value
        elif kind is dict:
            yield from self._unchanged(value)
        elif kind is Stream:
            yield from value.items
        elif kind is Unknown:
            self.deferred.use(value)
            self.gap(f"a loop over something unknown: {value.reason}")
        elif isinstance(value, type({}.keys()) | type({}.values()) | type({}.items())):
            yield from value
        else:
            yield from self._made_items(value)

    def _unchanged(self, value: dict[Any, Value]) -> Iterator[Value]:
        try:
            yield from value
        except RuntimeError as error:
            raise self.translated(error) from None

    def _made_items(self, value: Value) -> Iterator[Value]:
        if isinstance(value, Obj):
            made = self.method(value, "__iter__", [])
            if made is not MISSING and made is not value:
                yield from self.iterate(made)
                return
            if made is value:
                yield from self._steps(value)
                return
            if value.cls.lookup("__getitem__") is not MISSING:
                yield from self._indexed(value)
                return
            if held(value) is not value:
                yield from self.iterate(value.data)
                return
        elif isinstance(value, Tensor):
            yield from self.operators.rows(value)
            return
        elif isinstance(value, Class):
            members = dict.fromkeys(m for m in value.attrs.values() if isinstance(m, Obj) and m.cls is value)
            if members:
                yield from members
                return
        elif isinstance(value, External):
            self.gap(f"a loop over `{value.name}`, which cannot be read")
            return
        raise self.error("TypeError", f"'{kind_of(value)}' object is not iterable")

    def _steps(self, value: Obj) -> Iterator[Value]:
        """An iterator with ``__next__``."""
        while True:
            self.spend(1)
            try:
                yield self.method(value, "__next__", [])
            except Raised as error:
                if self.catches(self.exception("StopIteration"), error.value):
                    return
                raise

    def _indexed(self, value: Obj) -> Iterator[Value]:
        """What has ``__getitem__`` alone."""
        index = 0
        while True:
            self.spend(1)
            try:
                yield self.method(value, "__getitem__", [index])
            except Raised as error:
                if self.catches(self.exception("IndexError"), error.value):
                    return
                raise
            index += 1

    def items(self, value: Value) -> list[Value]:
        """All items of an iterable, which are limited in number."""
        if type(value) is range and len(value) > limits.MAX_LENGTH:
            raise Stopped("a range that is too long to be followed")
        made = list(islice(self.iterate(value), limits.MAX_LENGTH + 1))
        limits.length(len(made))
        self.spend(len(made))
        return made

    def stream(self, items: list[Value]) -> Stream:
        """An iterator over items."""
        return Stream(iter(items))

    def mapping(self, value: Value) -> dict[str, Value]:
        """What ``**value`` gives."""
        if isinstance(held(value), dict):
            return held(value)  # type: ignore[no-any-return]
        if isinstance(value, Obj):
            keys = self.method(value, "keys", [])
            if keys is not MISSING:
                return {k: self.items_of.get(value, k) for k in self.items(keys)}
        if isinstance(value, Unknown):
            self.deferred.use(value)
            self.gap(f"unknown keywords: {value.reason}")
            return {}
        raise self.error("TypeError", f"argument after ** must be a mapping, not {kind_of(value)}")

    def key(self, value: Value) -> Any:
        """A key for a dictionary or a set. Raises ``Raised`` for what cannot be one."""
        if isinstance(value, Unknown) and self.deferred.depth:
            self.gap(f"a key is not known: {value.reason}")
        if isinstance(value, (list, dict, set, bytearray, slice)):
            raise self.error("TypeError", f"unhashable type: '{kind_of(value)}'")
        if isinstance(value, tuple):
            limits.check(self, value)
            for item in value:
                self.key(item)
        return value

    def set_of(self, items: Iterable[Value]) -> set[Any]:
        """A set of values."""
        return {self.key(item) for item in items}

    def formatted(self, value: Value, conversion: int, spec: Value) -> Value:
        """The text of a value in an f-string."""
        return texts.formatted(self, value, conversion, spec)


def _exception_init(interp: Interpreter, self_: Obj, *args: Value, **kwargs: Value) -> None:
    self_.attrs["args"] = args
