"""Subscripts: read, written and deleted as Python does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import limits, torch_indexing
from gconv_lint.frontends.whole.attributes import kind_of
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import MISSING, Class, External, Function, Obj, Unknown, Value, held

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Items:
    """What ``owner[key]`` means."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def get(self, owner: Value, key: Value) -> Value:
        """``owner[key]``. Raises ``Raised``."""
        kind = type(owner)
        if kind is Unknown:
            return owner
        if type(key) is Unknown:
            return self.interp.deferred.vague(key)
        if kind is Tensor:
            return torch_indexing.get(self.interp, owner, key)
        if kind in (list, tuple, dict, str, range, bytes):
            return self._plain(owner, key)
        if kind is Obj:
            return self._of_object(owner, key)
        if kind is External and owner.name == "sys.modules" and isinstance(key, str):
            return self.interp.modules.seen(key)
        if kind in (Class, External, Function):  # list[int], Callable[..., Any], an enumeration's member by name
            if kind is Class and isinstance(key, str) and isinstance(owner.attrs.get(key), Obj):
                return owner.attrs[key]
            of_item = owner.lookup("__class_getitem__") if kind is Class else MISSING
            if of_item is MISSING:
                return owner
            return self.interp.call(getattr(of_item, "function", of_item), [owner, key], {}, self.interp.frame)
        if getattr(owner, "run", None) is not None:  # Native: list[int]
            return owner
        raise self.interp.error("TypeError", f"'{kind_of(owner)}' object is not subscriptable")

    def _plain(self, owner: Value, key: Value) -> Value:
        if isinstance(key, Tensor):
            if key.values is None or len(key.values) != 1:
                return self.interp.unknown("an index asks for the values of a tensor")
            key = key.values[0]
        if type(key) is Obj and type(owner) is not dict:
            made = self.interp.method(key, "__index__", [])
            key = held(key) if made is MISSING else made
        try:
            if isinstance(key, slice):
                return limits.kept(self.interp, owner[key])
            return owner[self.interp.key(key)]
        except KeyError:
            raise self.interp.error("KeyError", key if isinstance(key, str) else str(key)) from None
        except (IndexError, TypeError, ValueError) as error:
            raise self.interp.translated(error) from None

    def _of_object(self, owner: Obj, key: Value) -> Value:
        made = self.interp.method(owner, "__getitem__", [key])
        if made is not MISSING:
            return made
        if held(owner) is not owner:
            return self._held(owner, key)
        if owner.cls.foreign is not None:
            return self.interp.unknown(f"`{owner.cls.foreign.name}` cannot be read, which has items")
        raise self.interp.error("TypeError", f"'{owner.cls.name}' object is not subscriptable")

    def _held(self, owner: Obj, key: Value) -> Value:
        if isinstance(owner.data, dict) and self.interp.key(key) not in owner.data:
            made = self.interp.method(owner, "__missing__", [key])
            if made is not MISSING:
                return made
        return self._plain(owner.data, key)

    def set(self, owner: Value, key: Value, value: Value) -> None:
        """``owner[key] = value``."""
        if type(owner) is Obj and owner.cls.lookup("__setitem__") is MISSING:
            owner = held(owner)
        if isinstance(key, Unknown) or isinstance(owner, Unknown):
            if isinstance(owner, Unknown):
                self.interp.deferred.changed(owner)
            else:
                self.interp.gap("an item is set at an unknown position")
            return
        if isinstance(owner, Tensor):
            torch_indexing.set_item(self.interp, owner, key, value)
        elif isinstance(owner, dict):
            owner[self.interp.key(key)] = value
        elif isinstance(owner, list):
            self._set_in_list(owner, key, value)
        elif not isinstance(owner, Obj) or self.interp.method(owner, "__setitem__", [key, value]) is MISSING:
            raise self.interp.error("TypeError", f"'{kind_of(owner)}' object does not support item assignment")

    def _set_in_list(self, owner: list[Value], key: Value, value: Value) -> None:
        try:
            owner[key] = self.interp.items(value) if isinstance(key, slice) else value
        except (IndexError, TypeError, ValueError) as error:
            raise self.interp.translated(error) from None

    def delete(self, owner: Value, key: Value) -> None:
        """``del owner[key]``."""
        if type(owner) is Obj and owner.cls.lookup("__delitem__") is MISSING:
            owner = held(owner)
        if isinstance(owner, Unknown):
            self.interp.deferred.changed(owner)
            return
        if isinstance(key, Unknown):
            self.interp.gap("an item is deleted at an unknown position")
            return
        if isinstance(owner, (dict, list)):
            try:
                del owner[key]
            except (KeyError, IndexError, TypeError) as error:
                raise self.interp.translated(error) from None
        elif not isinstance(owner, Obj) or self.interp.method(owner, "__delitem__", [key]) is MISSING:
            raise self.interp.error("TypeError", f"'{kind_of(owner)}' object doesn't support item deletion")
