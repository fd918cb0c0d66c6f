"""Operators between values of the program."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import limits, structures, torch_arithmetic, torch_indexing
from gconv_lint.frontends.whole.attributes import kind_of
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.kinds import has
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_numbers import Near, applied, operated
from gconv_lint.frontends.whole.values import MISSING, External, Listing, Native, Obj, Stopped, Unknown, Value, held

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")},
    **{name: getattr(operator, name) for name in ("lshift", "rshift", "xor")},
    "or": operator.or_,
    "and": operator.and_,
}
_UNARY: dict[str, Callable[[Any], Any]] = {"neg": operator.neg, "pos": operator.pos, "invert": operator.invert}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operator, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}
_MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
_NUMBERS = (int, float, bool)
_HOLDING = (list, tuple, dict)
_PLAIN = (int, float, bool, str, list, tuple, dict, set, frozenset, bytes, type(None), range, slice, complex)


class Operators:
    """What ``a + b`` and its like mean."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def binary(self, name: str, a: Value, b: Value) -> Value:
        """``a <name> b``. Raises ``Raised``."""
        first, second = type(a), type(b)
        if first in _NUMBERS and second in _NUMBERS:
            return self._numbers(name, a, b)
        if first is Near or second is Near:
            return self._near(name, a, b)
        if first is Unknown or second is Unknown:
            return a if first is Unknown else b
        if first is Tensor or second is Tensor:
            return torch_arithmetic.binary(self.interp, name, a, b)
        if first is Obj or second is Obj:
            return self._objects(name, a, b)
        if first in _PLAIN and second in _PLAIN:
            return self._plain(name, a, b)
        if name == "or":  # int | None in annotations
            return External("typing.Union")
        if first is External or second is External:
            return self.interp.unknown("an operator on something that cannot be read")
        raise self._refused(name, a, b)

    def _near(self, name: str, a: Any, b: Any) -> Value:
        """An operator on a number that is rounded in more than one way."""
        if isinstance(a, Tensor) or isinstance(b, Tensor):
            return torch_arithmetic.binary(self.interp, name, a, b)
        made = operated(name, a, b) if isinstance(a, (int, float)) and isinstance(b, (int, float)) else None
        return made if made is not None else self.interp.unknown("a number is rounded in more than one way")

    def _numbers(self, name: str, a: Any, b: Any) -> Value:
        if name in ("pow", "lshift", "mul"):
            _check_size(name, a, b)
        try:
            return limits.kept(self.interp, _BINARY[name](a, b))
        except KeyError:
            raise self._refused(name, a, b) from None
        except (ArithmeticError, ValueError, TypeError) as error:
            raise self.interp.translated(error) from None

    def _plain(self, name: str, a: Any, b: Any) -> Value:
        if name == "mul":
            _check_repeated(a, b)
        elif name == "add":
            _check_joined(a, b)
        elif name == "mod" and isinstance(a, str):
            return self._percent(a, b)
        limits.check(self.interp, a, b)
        try:
            return limits.kept(self.interp, _BINARY[name](a, b))
        except KeyError:
            raise self._refused(name, a, b) from None
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self.interp.translated(error) from None

    def _percent(self, text: str, value: Any) -> Value:
        from gconv_lint.frontends.whole import texts

        return texts.percent(self.interp, text, value)

    def _objects(self, name: str, a: Value, b: Value) -> Value:
        word = {"truediv": "truediv", "or": "or", "and": "and"}.get(name, name)
        for owner, other, method in ((a, b, f"__{word}__"), (b, a, f"__r{word}__")):
            if isinstance(owner, Obj):
                made = self.interp.method(owner, method, [other])
                if made is not MISSING and not _is_refusal(made):
                    return made
        left, right = held(a), held(b)
        if left is not a or right is not b:
            return self.binary(name, left, right)
        if any(isinstance(x, Obj) and x.cls.foreign is not None for x in (a, b)):
            return self.interp.unknown("an operator on something that cannot be read")
        raise self._refused(name, a, b)

    def in_place(self, name: str, a: Value, b: Value) -> Value:
        """``a <name>= b``."""
        if isinstance(a, Unknown):
            self.interp.deferred.changed(a)
        elif isinstance(b, Unknown) and isinstance(a, (list, dict, set, Obj)):
            self.interp.gap(f"something unknown changes a {kind_of(a)}: {b.reason}")
        if isinstance(a, Tensor) and not isinstance(b, Unknown):
            return torch_arithmetic.in_place(self.interp, name, a, b)
        if isinstance(a, list) and name == "add" and not isinstance(b, Unknown):
            more = self.interp.items(b)
            limits.length(len(a) + len(more))
            a.extend(more)
            return a
        if isinstance(a, (dict, set)) and isinstance(b, type(a)) and name == "or":
            a.update(b)
            return a
        if isinstance(a, Obj):
            made = self.interp.method(a, f"__i{name}__", [b])
            if made is not MISSING:
                return made
        return self.binary(name, a, b)

    def unary(self, name: str, a: Value) -> Value:
        """``-a`` and its like."""
        if isinstance(a, Unknown):
            return a
        if isinstance(a, Tensor):
            return torch_arithmetic.unary(self.interp, name, a)
        if type(a) is Near:
            return applied(name, "float64", a) if name == "neg" else a
        if isinstance(a, Obj):
            made = self.interp.method(a, f"__{name}__", [])
            if made is not MISSING:
                return made
        try:
            return _UNARY[name](a)
        except TypeError as error:
            raise self.interp.translated(error) from None

    def compare(self, name: str, a: Value, b: Value) -> Value:
        """``a <name> b`` for comparisons, memberships and identities."""
        if name in ("is", "is not"):
            return self._identity(name, a, b)
        if name in ("in", "not in"):
            found = self._contains(b, a)
            return found if isinstance(found, Unknown) else found is (name == "in")
        first, second = type(a), type(b)
        if first is Unknown or second is Unknown:
            return a if first is Unknown else b
        if first is Tensor or second is Tensor:
            if name in ("eq", "ne") and (a is None or b is None or isinstance(a, str) or isinstance(b, str)):
                return name == "ne"
            return torch_arithmetic.compared(self.interp, name, a, b)
        if first is Near or second is Near:
            return self._near(name, a, b)
        if first is Obj or second is Obj:
            return self._compare_objects(name, a, b)
        limits.check(self.interp, a, b)
        if first in _HOLDING and second in _HOLDING:
            inside = first_unknown((a, b))
            if inside is not None:
                return inside
        if first in _PLAIN and second in _PLAIN:
            try:
                return _COMPARE[name](a, b)
            except TypeError as error:
                raise self.interp.translated(error) from None
        if name in ("eq", "ne"):
            return self._equal(a, b) is (name == "eq")
        if first is External or second is External:
            return self.interp.unknown("a comparison with something that cannot be read")
        raise self._refused(name, a, b)

    def _equal(self, a: Value, b: Value) -> bool:
        return a is b or (isinstance(a, External) and isinstance(b, External) and a.name == b.name)

    def _identity(self, name: str, a: Value, b: Value) -> Value:
        for value, other in ((a, b), (b, a)):
            if isinstance(value, Unknown):
                return value
            if isinstance(value, External) and not isinstance(other, External):
                return name == "is not"
        same = a is b or self._equal(a, b) or (type(a) is type(b) and isinstance(a, (int, str)) and a == b)
        if isinstance(a, Native) and isinstance(b, Native):
            same = a is b or a.name == b.name
        return same is (name == "is")

    def _compare_objects(self, name: str, a: Value, b: Value) -> Value:
        for owner, other, word in ((a, b, name), (b, a, _MIRRORED[name])):
            if isinstance(owner, Obj):
                made = self.interp.method(owner, f"__{word}__", [other])
                if made is MISSING and word == "ne":
                    made = self.interp.method(owner, "__eq__", [other])
                    made = made if made is MISSING or isinstance(made, Unknown) else not self.interp.truth(made)
                if made is not MISSING and not _is_refusal(made):
                    return made
        left, right = held(a), held(b)
        if left is not a or right is not b:
            return self.compare(name, left, right)
        if name in ("eq", "ne"):
            rows = [structures.compared(x) for x in (a, b)]
            same = a is b if rows[0] is None or rows[1] is None else self.compare("eq", *rows)
            return same if isinstance(same, Unknown) else self.interp.truth(same) is (name == "eq")
        if any(isinstance(x, Obj) and x.cls.foreign is not None for x in (a, b)):
            return self.interp.unknown("a comparison with something that cannot be read")
        raise self._refused(name, a, b)

    def _contains(self, box: Value, item: Value) -> Any:
        if isinstance(box, Unknown) or isinstance(item, Unknown):
            return box if isinstance(box, Unknown) else item
        if isinstance(box, (dict, set, frozenset)):
            return self.interp.key(item) in box
        if isinstance(box, str):
            if not isinstance(item, str):
                raise self.interp.error("TypeError", "'in <string>' requires string as left operand")
            return item in box
        if isinstance(box, range):
            return item in box if isinstance(item, (int, float)) else False
        if isinstance(box, Obj):
            made = self.interp.method(box, "__contains__", [item])
            if made is not MISSING:
                return made if isinstance(made, Unknown) else self.interp.truth(made)
        if isinstance(box, Listing):
            return has(self.interp, box.owner, item)
        if isinstance(box, External):
            return self.interp.unknown(f"`{box.name}` cannot be read, which is searched")
        if held(box) is not box:
            return self._contains(box.data, item)
        return any(item is each or self.interp.truth(self.compare("eq", each, item)) for each in self.interp.items(box))

    def rows(self, tensor: Tensor) -> Iterator[Value]:
        """The parts of a tensor along its first axis."""
        if not tensor.shape:
            raise self.interp.error("TypeError", "iteration over a 0-d tensor")
        yield from torch_indexing.unbound(self.interp, tensor, 0)

    def _refused(self, name: str, a: Value, b: Value) -> Exception:
        kinds = f"'{kind_of(a)}' and '{kind_of(b)}'"
        return self.interp.error("TypeError", f"unsupported operand type(s) for {name}: {kinds}")


def _check_size(name: str, a: Any, b: Any) -> None:
    """Raise ``Stopped`` for a whole number that would take for ever to compute."""
    if not isinstance(a, int) or not isinstance(b, int):
        return
    bits = a.bit_length() + b.bit_length()
    if name == "pow":
        bits = a.bit_length() * max(0, b)
    elif name == "lshift":
        bits = a.bit_length() + max(0, b)
    if bits > limits.MAX_BITS:
        raise Stopped("it computes with whole numbers that are too long to be followed")


def _check_repeated(a: Any, b: Any) -> None:
    for sequence, times in ((a, b), (b, a)):
        if isinstance(sequence, (str, list, tuple, bytes)) and isinstance(times, int):
            limits.length(len(sequence) * max(0, times))


def _check_joined(a: Any, b: Any) -> None:
    if isinstance(a, (str, list, tuple, bytes)) and isinstance(b, type(a)):
        limits.length(len(a) + len(b))


def _is_refusal(value: Value) -> bool:
    return isinstance(value, External) and value.name == "builtins.NotImplemented"
