"""Subscripts: reading, writing and unpacking sequences and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import containers, data_classes, dunders, operators
from gconv_lint.frontends.source.displays import is_key
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.operators import MAX_ITEMS
from gconv_lint.frontends.source.values import (
    MISSING,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Instance,
    ListValue,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


class Items:
    """Reads and writes ``container[index]``."""

    __slots__ = ("ev",)

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev

    def get(self, owner: Value, index: Value, f: Frame) -> Value:
        """The value of ``owner[index]``; ``Raised`` where Python would for known operands."""
        if isinstance(owner, ListValue):
            result = self._at(owner.items, index) if owner.exact else self.ev.escapes.one_of("item", *owner.lost)
            return ListValue(result) if isinstance(index, slice) and isinstance(result, list) else result
        if isinstance(owner, (tuple, str, bytes, range)):
            return self._at(owner, index)
        if isinstance(owner, DictValue):
            return self._entry(owner, index)
        if isinstance(owner, Sym) and isinstance(index, (int, str)):
            return self.ev.attributes.symbol(owner, f"[{index!r}]")
        if isinstance(owner, Builtin) or (
            isinstance(owner, ClassValue)
            and owner.lookup("__class_getitem__") is MISSING
            and not owner.meta
            and not any(isinstance(c, External) and c.name.startswith("enum.") for c in owner.mro)
        ):
            return owner  # list[int] makes lists.
        if isinstance(owner, Instance):
            if "__getitem__" in owner.attrs:  # a match of a regular expression
                return self.ev.call(owner.attrs["__getitem__"], [index], {}, None, f)
            defined = dunders.run(self.ev, owner, "__getitem__", index)
            if defined is not MISSING:
                return defined
            held = data_classes.row(owner)
            return self._at(held, index) if held is not None else containers.item(self.ev, owner, index)
        if self.ev.escapes.used(owner) is not MISSING:
            return self.ev.heap.fresh("item")
        return self.ev.tensors.item(owner, index)

    def _at(self, items: Any, index: Value) -> Value:
        parts = (index.start, index.stop, index.step) if isinstance(index, slice) else (index,)
        if not all(p is None or isinstance(p, int) for p in parts) or isinstance(index, type(None)):
            return self.ev.escapes.one_of("item", *(items if isinstance(items, (list, tuple)) else ()))
        try:
            return items[index]
        except IndexError:
            raise Raised("IndexError") from None
        except (ValueError, TypeError):
            raise Raised("TypeError") from None

    def _entry(self, owner: DictValue, key: Value) -> Value:
        if is_key(key) and key in owner.items:
            return owner.items[key]
        if owner.exact and is_key(key):
            raise Raised("KeyError")
        return self.ev.escapes.one_of("entry", *owner.items.values(), *owner.lost)

    def set(self, owner: Value, index: Value, value: Value) -> None:
        """``owner[index] = value``."""
        if isinstance(owner, DictValue) and is_key(index) and not owner.shared:
            self.ev.heap.touch(owner)
            owner.items[index] = value
        elif isinstance(owner, ListValue) and owner.exact and isinstance(index, int) and not owner.shared:
            if not -len(owner.items) <= index < len(owner.items):
                raise Raised("IndexError")
            self.ev.heap.touch(owner)
            owner.items[index] = value
        elif isinstance(owner, (ListValue, DictValue)):
            self.ev.heap.blur(owner)
        elif isinstance(owner, Sym):
            self.ev.escapes.used(owner)
            self.ev.attributes.store_item(owner, index, value)
        elif dunders.run(self.ev, owner, "__setitem__", index, value) is not MISSING:
            return
        elif isinstance(owner, Instance):
            containers.set_item(self.ev, owner, index, value)
            self.ev.forwards.changed(owner)
        else:
            self.ev.tensors.overwrite(owner, value)

    def delete(self, owner: Value, index: Value) -> None:
        """``del owner[index]``."""
        if isinstance(owner, ListValue) and owner.exact and isinstance(index, int) and not owner.shared:
            if not -len(owner.items) <= index < len(owner.items):
                raise Raised("IndexError")
            self.ev.heap.touch(owner)
            del owner.items[index]
        elif isinstance(owner, DictValue) and is_key(index) and index in owner.items and not owner.shared:
            self.ev.heap.touch(owner)
            del owner.items[index]
        elif isinstance(owner, (ListValue, DictValue)):
            self.ev.heap.blur(owner)
        elif isinstance(owner, Sym):
            self.ev.edits.stored(owner, None)
            self.ev.escapes.give([owner])
        elif dunders.run(self.ev, owner, "__delitem__", index) is not MISSING:
            return
        elif isinstance(owner, Instance):
            containers.set_item(self.ev, owner, None, None)
            self.ev.forwards.changed(owner)

    def unpack(self, value: Value, count: int, star: int | None) -> list[Value]:
        """The values for ``count`` targets, of which number ``star`` takes the rest."""
        items = self.ev.iterate(value)
        if items is None:
            return self._unknown(value, count, star)
        if star is None:
            if len(items) != count:
                raise Raised("ValueError")
            return items
        rest = len(items) - count + 1
        if rest < 0:
            raise Raised("ValueError")
        return [*items[:star], ListValue(list(items[star : star + rest])), *items[star + rest :]]

    def _unknown(self, value: Value, count: int, star: int | None) -> list[Value]:
        if isinstance(value, Sym) and star is None:
            return [self.ev.attributes.symbol(value, f"[{i}]") for i in range(count)]
        one_of = self.ev.escapes.one_of
        return [ListValue([], False) if i == star else one_of("part", value) for i in range(count)]

    def update_in_place(self, symbol: str, owner: Value, change: Value) -> bool:
        """``owner symbol= change`` where everybody who holds ``owner`` sees it; whether it is one of these."""
        if isinstance(owner, ListValue) and symbol == "+":
            self.extend(owner, change)
        elif isinstance(owner, ListValue) and symbol == "*":
            made = operators.binary(self.ev.heap, symbol, owner, change)
            self.replace(owner, made)
        elif isinstance(owner, DictValue) and symbol == "|":
            other = change if isinstance(change, DictValue) else DictValue({}, False)
            self.replace(owner, operators.binary(self.ev.heap, symbol, owner, other))
        elif isinstance(owner, Instance) and symbol == "+" and containers.is_container(owner):
            containers.grow(self.ev, owner, "extend", [change])
        else:
            if isinstance(owner, Instance) and isinstance(owner.cls, ClassValue):
                self.ev.attributes.blur(owner)  # Its class may say how it takes the change.
            return self.ev.tensors.update(symbol, owner, change)
        return True

    def replace(self, owner: ListValue | DictValue, made: Value) -> None:
        """Everything that ``owner`` holds becomes what ``made`` holds."""
        if owner.shared or type(made) is not type(owner) or not made.exact:
            self.ev.heap.blur(owner)
        else:
            self.ev.heap.touch(owner)
            owner.items = made.items

    def extend(self, owner: ListValue, more: Value) -> None:
        """``owner += more``."""
        items = self.ev.iterate(more)
        if items is None or owner.shared or not owner.exact or len(owner.items) + len(items) > MAX_ITEMS:
            self.ev.heap.blur(owner)
            return
        self.ev.spend(len(items) // 16)
        self.ev.heap.touch(owner)
        owner.items.extend(items)
