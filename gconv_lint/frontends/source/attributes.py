"""Attributes of objects: reading, writing, and forgetting what somebody may have written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.source import data_classes, dunders, iterators, module_methods
from gconv_lint.frontends.source.dunders import defines
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    Lazy,
    ListValue,
    Module,
    Partial,
    Super,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_BUILTIN_TYPES = (str, int, float, tuple, bytes, range, ListValue, DictValue)


class Attributes:
    """Reads and writes ``object.name``."""

    __slots__ = ("ev", "externals")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.externals: dict[tuple[str, str], External] = {}

    def get(self, owner: Value, name: str, f: Frame, node: ast.AST | None = None) -> Value:
        """The value of ``owner.name``; unknown attributes of one object are one unknown."""
        kind = type(owner)
        if kind is Instance:
            value = owner.attrs.get(name, MISSING)
            return value if value is not MISSING else self._of_class(owner, name, f, node)
        if kind is External:
            return self._external(owner, name)
        if isinstance(owner, Module):
            return self.ev.names.module_attribute(owner, name)
        if isinstance(owner, Sym):
            return self.symbol(owner, f".{name}")
        if isinstance(owner, ClassValue):
            return self._of_type(owner, name)
        if isinstance(owner, Super):
            return self._of_super(owner, name, f)
        if isinstance(owner, _BUILTIN_TYPES):
            return Bound(name, owner)
        if kind is Partial and name in ("func", "args", "keywords"):
            return _of_partial(owner, name)
        if kind is Lazy:
            iterators.sample(self.ev, owner)  # ``__next__``, ``send``, ``close``
        return self.ev.tensors.attribute(owner, name)

    def _external(self, owner: External, name: str) -> External:
        key = (owner.name, name)
        found = self.externals.get(key)
        if found is None:
            found = self.externals[key] = External(f"{owner.name}.{name}")
        return found

    def symbol(self, owner: Sym, suffix: str) -> Value:
        """What is read from an unknown object: the same each time, until somebody may have changed it."""
        return self.ev.heap.read(owner, suffix)

    def store_item(self, owner: Sym, index: Value, value: Value) -> None:
        """``owner[index] = value`` of an unknown object: other indices may mean the same item."""
        self.ev.edits.stored(owner, None)
        if isinstance(index, str) or (type(index) is int and index >= 0):
            self.ev.heap.store(owner, f"[{index!r}]", value)
        else:
            self.ev.heap.lose(owner)

    def _of_class(self, owner: Instance, name: str, f: Frame, node: ast.AST | None) -> Value:
        cls = owner.cls
        if name == "__dict__":
            self.blur(owner)
            return self.ev.heap.fresh(name)
        if "__class__" in owner.attrs:  # Somebody made it one of another class.
            return self.ev.escapes.one_of(name, owner)
        if isinstance(cls, ClassValue):
            value = cls.lookup(name)
            if value is not MISSING:
                if cls.hooked and (not isinstance(value, Function) or _answers(cls)):
                    return self.ev.heap.fresh(name)
                return self._bind(value, owner, cls, name, f, node)
            if name == "__class__":
                return cls
        if name in ("__setattr__", "__delattr__"):
            builtin = self.ev.names.builtins[name.strip("_")]
            return Builtin(name, lambda args, kwargs, at, g: builtin.run([owner, *args], kwargs, at, g))
        value = data_classes.row_attribute(self.ev, owner, name)
        if value is not MISSING:
            return value
        value = self._answered(owner, name)
        if value is not MISSING:
            return value
        value = module_methods.attribute(self.ev, owner, name)
        if value is MISSING:
            foreign = isinstance(cls, ClassValue) and cls.is_foreign
            value = self.ev.escapes.hide(name, owner) if foreign else self.ev.heap.fresh(name)
            self.ev.heap.put(owner.attrs, name, value)
        return value

    def _answered(self, owner: Instance, name: str) -> Value:
        """What ``__getattr__`` of a plain object says of an attribute that nobody stored; ``MISSING`` without one."""
        cls = owner.cls
        plain = is_data(owner) and isinstance(cls, ClassValue) and not (cls.open or cls.hooked or cls.meta)
        if not plain or owner.shared or OPEN in owner.attrs or f"?{name}" in owner.attrs or name.startswith("__"):
            return MISSING
        return dunders.run(self.ev, owner, "__getattr__", name)

    def _bind(self, value: Value, owner: Value, cls: ClassValue, name: str, f: Frame, node: ast.AST | None) -> Value:
        if defines(value, "__get__"):
            return self.ev.heap.fresh(name)
        if not isinstance(value, Function) or value.kind == "static":
            return value
        if value.kind in ("property", "cached"):
            result = self.ev.functions.run(value, [owner], {}, node, f)
            if value.kind == "cached" and isinstance(owner, Instance):
                self.ev.heap.put(owner.attrs, value.code.name, self.ev.heap.fresh(name) if owner.shared else result)
            return result
        return Bound(value, cls if value.kind == "class" else owner)

    def _of_type(self, cls: ClassValue, name: str) -> Value:
        value = cls.lookup(name)
        if value is MISSING:
            return cls.name if name == "__name__" else self.ev.heap.fresh(f"{cls.name}.{name}")
        if not isinstance(value, Function) and (_is_enum(cls) or _makes_members(cls)):
            return Sym.atom(f"{cls.name}.{name}")
        return Bound(value, cls) if isinstance(value, Function) and value.kind == "class" else value

    def _of_super(self, owner: Super, name: str, f: Frame) -> Value:
        receiver = owner.receiver
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        mro = cls.mro if isinstance(cls, ClassValue) else []
        behind = mro[mro.index(owner.cls) + 1 :] if owner.cls in mro else owner.cls.mro[1:]
        for base in behind:
            if isinstance(base, ClassValue) and name in base.attrs:
                return self._of_base(base.attrs[name], receiver, name, f)
            if isinstance(base, External):
                return Bound(External(f"{base.name}.{name}"), receiver)
        return self.ev.heap.fresh(f"super().{name}")

    def _of_base(self, value: Value, receiver: Value, name: str, f: Frame) -> Value:
        if not isinstance(value, Function) or value.kind == "static":
            return self.ev.heap.fresh(name) if defines(value, "__get__") else value
        if value.kind in ("property", "cached"):
            return self.ev.functions.run(value, [receiver], {}, None, f)
        return Bound(value, receiver)

    def set(self, owner: Value, name: str, value: Value, f: Frame | None, node: ast.AST | None = None) -> None:
        """``owner.name = value``."""
        if isinstance(owner, Instance):
            if name == "__dict__":
                self.blur(owner)
                owner.shared = True  # It may be another's, or read by subscripts.
                return
            owner.touched = self.ev.heap.clock
            above = owner.cls.lookup(name) if isinstance(owner.cls, ClassValue) else MISSING
            if isinstance(above, Function) and above.kind == "property" and above.setter is not None and f is not None:
                self.ev.functions.run(above.setter, [owner, value], {}, node, f)
                return
            if owner.shared or self._decides(owner, above):
                value = self.ev.heap.fresh(name)
            self.ev.heap.put(owner.attrs, name, value)
            self.ev.heap.drop(owner.attrs, f"?{name}")
            self.ev.forwards.alterations.stored(owner, name, value)
        elif isinstance(owner, Module):
            self.ev.heap.put(owner.vars, name, self.ev.heap.fresh(name))  # Nobody knows who reads it before.
        elif isinstance(owner, ClassValue):
            self.ev.heap.put(owner.attrs, name, self.ev.heap.fresh(name))
            self.ev.forwards.alterations.patched(owner)
        elif isinstance(owner, Sym):
            self.ev.edits.stored(owner, name)
            self.ev.heap.store(owner, f".{name}", value)
        else:
            self.ev.tensors.memory.store(owner, name, value)

    def delete(self, owner: Instance, name: str, f: Frame) -> None:
        """``del owner.name``."""
        self.set(owner, name, self.ev.heap.fresh(name), f)
        if not owner.shared:
            self.ev.heap.drop(owner.attrs, name)

    def blur(self, owner: Instance) -> None:
        """Somebody may have written to any attribute of an object; its modules are taken to stay.

        Of a module of torch's only what is known is forgotten: seldom is one unknown put in the place of another.
        """
        kept = (Function, Instance, ClassValue) if is_data(owner) else (Function, Instance, ClassValue, Sym, str)
        table = dict(owner.attrs)
        for cls in owner.cls.mro if isinstance(owner.cls, ClassValue) else ():
            for name, value in cls.attrs.items() if isinstance(cls, ClassValue) else ():
                if type(value) is not Function:
                    table.setdefault(name, value)
        owner.touched = self.ev.heap.clock
        if is_data(owner):
            self.ev.heap.put(owner.attrs, OPEN, True)
        for name, value in table.items():
            if isinstance(value, Instance) and is_data(value) and not value.shared:
                value.shared = True
                self.blur(value)
            elif not isinstance(value, kept) and not name.startswith("__"):
                self.ev.heap.put(owner.attrs, name, self.ev.heap.fresh(name))

    def _decides(self, owner: Instance, above: Value) -> bool:
        """Whether code of the class decides what an attribute becomes, which the class has as ``above``."""
        hooked = isinstance(owner.cls, ClassValue) and owner.cls.hooked
        if above is MISSING:
            return hooked
        is_property = isinstance(above, Function) and above.kind == "property"
        return hooked or is_property or isinstance(above, Sym) or defines(above, "__set__")


def _of_partial(owner: Partial, name: str) -> Value:
    if name == "keywords" and owner.keywords is None:
        owner.keywords = DictValue(dict(owner.kwargs))
    return {"func": owner.function, "args": owner.args, "keywords": owner.keywords}[name]


def _answers(cls: ClassValue) -> bool:
    """Whether a class decides itself what its instances answer, methods included."""
    return isinstance(cls.lookup("__getattribute__"), Function)


def _makes_members(cls: ClassValue) -> bool:
    """Whether an enumeration works out what its members are worth."""
    enumerates = any(isinstance(c, External) and c.name.startswith("enum.") for c in cls.mro)
    return enumerates and isinstance(cls.lookup("__new__"), Function)


def _is_enum(cls: ClassValue) -> bool:
    """Whether the members of a class are objects of their own, and no numbers."""
    return any(isinstance(c, External) and c.name.endswith(("enum.Enum", "enum.Flag", "StrEnum")) for c in cls.mro)
