"""Attributes: read, written and deleted as Python does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import structures, torch_hooks, torch_tensors, wellknown
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import (
    MISSING,
    Bound,
    Class,
    ClassMethod,
    External,
    Function,
    Namespace,
    Native,
    Obj,
    Partial,
    Property,
    Static,
    Super,
    Unknown,
    Value,
    held,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


#: What torch's modules have besides what is known here.
_MODULE_NAMES = frozenset(
    (
        *("T_destination", "call_super_init", "dump_patches", "compile", "double", "get_buffer", "get_extra_state"),
        *("get_parameter", "ipu", "mtia", "register_backward_hook", "register_full_backward_pre_hook"),
        *("register_state_dict_post_hook", "register_state_dict_pre_hook", "set_extra_state"),
        *("share_memory", "xpu", "_apply", "_backward_hooks", "_backward_pre_hooks", "_buffers", "_call_impl"),
        *("_compiled_call_impl", "_forward_hooks_always_called", "_forward_hooks_with_kwargs"),
        *("_forward_pre_hooks_with_kwargs", "_get_backward_hooks", "_get_backward_pre_hooks"),
        *("_is_full_backward_hook", "_load_from_state_dict", "_load_state_dict_post_hooks", "_save_to_state_dict"),
        *(
            "_load_state_dict_pre_hooks",
            "_maybe_warn_non_full_backward_hook",
            "_named_members",
            "_register_state_dict_hook",
        ),
        *("_non_persistent_buffers_set", "_replicate_for_data_parallel", "_slow_forward", "_state_dict_hooks"),
        *("_state_dict_pre_hooks", "_version", "_wrapped_call_impl", "__setstate__", "__dir__", "__repr__"),
    )
)


class Attributes:
    """What ``owner.name`` means."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def get(self, owner: Value, name: str) -> Value:
        """``owner.name``. Raises ``Raised``."""
        found = self.find(owner, name)
        if found is MISSING and self._is_own(owner, name):
            return self.interp.unknown(f"`{name}` of a {kind_of(owner)} is not understood")
        if found is MISSING:
            raise self.interp.error("AttributeError", f"'{kind_of(owner)}' object has no attribute '{name}'")
        return found

    def _is_own(self, owner: Value, name: str) -> bool:
        """Whether a value stands for something of Python's or torch's that has more attributes than are known here."""
        if isinstance(owner, Obj):
            return (owner.cls.namespace is None or name in _MODULE_NAMES) and self.interp.modules_of.is_module(owner)
        return isinstance(owner, (Function, Native, Bound))

    def find(self, owner: Value, name: str) -> Value:
        """``owner.name``, or ``MISSING``."""
        kind = type(owner)
        if kind is Obj:
            return self._of_object(owner, name)
        if kind is Tensor:
            return torch_tensors.attribute(self.interp, owner, name)
        if kind is External:
            return wellknown.member(self.interp, owner, name)
        if kind is Class:
            return self._of_class(owner, name)
        if kind is Namespace:
            return self._of_namespace(owner, name)
        if kind is Super:
            return self._of_super(owner, name)
        if kind is Unknown:
            return owner
        if kind in (Function, Native, Partial, Bound):
            return self._of_function(owner, name)
        return wellknown.plain_attribute(self.interp, owner, name)

    def _of_object(self, owner: Obj, name: str) -> Value:
        cls = owner.cls
        value = cls.lookup(name)
        if type(value) is Property:
            return self._property(value, owner, name)
        if type(value) is Obj:
            made = self._described(value, owner, name)
            if made is not MISSING:
                return made
        own = owner.attrs.get(name, MISSING)
        if own is not MISSING:
            return own
        if value is not MISSING:
            return self.bound(value, owner, cls)
        special = self._special(owner, name)
        if special is not MISSING:
            return special
        fallback = cls.lookup("__getattr__")
        if fallback is not MISSING:
            return self.interp.call(fallback, [owner, name], {}, self.interp.frame)
        if cls.foreign is not None:
            return self.interp.unknown(f"`{cls.foreign.name}` cannot be read, which may define `{name}`")
        return MISSING

    def _property(self, value: Property, owner: Obj, name: str) -> Value:
        if value.kept and name in owner.attrs:
            return owner.attrs[name]
        made = self.interp.call(value.getter, [owner], {}, self.interp.frame)
        if value.kept:
            owner.attrs[name] = made
        return made

    def _described(self, value: Obj, owner: Obj, name: str) -> Value:
        """What a descriptor of the program's gives, ``MISSING`` where it is none or the owner has its own."""
        lookup = value.cls.lookup
        if lookup("__get__") is MISSING or (lookup("__set__") is MISSING and name in owner.attrs):
            return MISSING
        return self.interp.method(value, "__get__", [owner, owner.cls])

    def _special(self, owner: Obj, name: str) -> Value:
        if name == "__class__":
            return owner.cls
        if name == "__dict__" and not self.interp.modules_of.is_module(owner):
            return owner.attrs
        if name in ("_modules", "_parameters", "_buffers", "__dict__") and self.interp.modules_of.is_module(owner):
            return self.interp.modules_of.table(owner, name)
        if name in torch_hooks.TABLES and self.interp.modules_of.is_module(owner):
            return torch_hooks.table(owner, name)
        if name == "__doc__":
            return None
        if name == "__module__":
            return self._of_class(owner.cls, name)
        if owner.data is None:
            return MISSING
        made = structures.tuple_method(self.interp, owner, name)
        return wellknown.plain_attribute(self.interp, held(owner), name) if made is MISSING else made

    def bound(self, value: Value, owner: Value, cls: Class) -> Value:
        """What a value of a class is when an object is asked for it."""
        kind = type(value)
        if kind is Function or kind is Native:
            return Bound(value, owner)
        if kind is Static:
            return value.function
        if kind is ClassMethod:
            return Bound(value.function, cls)
        return value

    def _of_class(self, owner: Class, name: str) -> Value:
        value = owner.lookup(name)
        if type(value) is ClassMethod:
            return Bound(value.function, owner)
        if type(value) is Obj and value.cls.lookup("__get__") is not MISSING:
            return self.interp.method(value, "__get__", [None, owner])
        if value is not MISSING:
            return value.function if type(value) is Static else value
        if name in ("__name__", "__qualname__"):
            return owner.name
        if name == "__module__":
            return owner.namespace.qualified if owner.namespace is not None else "builtins"
        if name in ("__mro__", "__bases__"):
            return owner.mro if name == "__mro__" else owner.bases
        if name == "__members__":
            return {n: m for n, m in owner.attrs.items() if isinstance(m, Obj)}
        if name == "__doc__":
            return None
        if name == "__dict__":
            return dict(owner.attrs)
        if owner is self.interp.object and hasattr(object, name):
            return self._of_any(name)
        if isinstance(owner.metaclass, Class):
            return self.interp.unknown(f"`{owner.name}` has a metaclass")
        foreign = owner.foreign
        return wellknown.class_member(self.interp, owner, name) if foreign is not None else MISSING

    def _of_any(self, name: str) -> Value:
        """``object.name``."""
        if name == "__new__":
            return Native(name, structures.made)
        if name == "__init__":
            return Native(name, lambda interp, *args, **kwargs: None)
        if name != "__setattr__":
            return self.interp.unknown(f"`object.{name}` is not followed")

        def assign(interp: Interpreter, owner: Value, name: Value, value: Value) -> Value:
            if not isinstance(owner, Obj) or not isinstance(name, str):
                return interp.gap("`object.__setattr__` is not followed here")
            is_part = isinstance(value, (Obj, Tensor, Unknown))  # which a module then does not know of
            if is_part and interp.modules_of.is_module(owner):
                value = interp.unknown("`object.__setattr__` is not followed here")
            return self.assign(owner, name, value)

        return Native(name, assign)

    def _of_namespace(self, owner: Namespace, name: str) -> Value:
        value = owner.names.get(name, MISSING)
        if value is not MISSING:
            return value
        if name == "__name__":
            return owner.qualified
        if name == "__dict__":
            return owner.names
        if name == "__file__":
            return owner.path
        return self.interp.modules.submodule(owner, name)

    def _of_super(self, owner: Super, name: str) -> Value:
        receiver = owner.receiver
        cls = receiver if isinstance(receiver, Class) else receiver.cls
        value = cls.behind(owner.behind, name)
        if type(value) is Property:
            return self.interp.call(value.getter, [receiver], {}, self.interp.frame)
        if value is not MISSING:
            return self.bound(value, receiver, cls) if not isinstance(receiver, Class) else _unwrapped(value, cls)
        if name == "__init__" and isinstance(receiver, Obj) and held(receiver) is not receiver:
            return Bound(Native("__init__", structures.filled), receiver)
        if name == "__new__":
            return Native("__new__", structures.made)
        if held(receiver) is not receiver and not isinstance(receiver, Class):
            found = self._of_builtin(receiver, name)
            if found is not MISSING:
                return found
        if name == "__init__":
            foreign = cls.foreign
            if foreign is not None and not wellknown.is_harmless_base(foreign.name):
                reason = f"`{foreign.name}` cannot be read, which initialises `{cls.name}`"
                return Native("__init__", lambda interp, *args, **kwargs: interp.unknown(reason))
            return Native("__init__", lambda interp, *args, **kwargs: None)
        if name in ("__setattr__", "__delattr__"):
            plain = self.assign if name == "__setattr__" else self.remove
            return Native(name, lambda interp, *args: plain(receiver, *args))
        if name == "__init_subclass__":
            return Native(name, lambda interp, *args, **kwargs: None)
        if isinstance(receiver, Obj) and self.interp.modules_of.is_module(receiver):
            return self._of_module(receiver, name)
        if hasattr(object, name):
            return self.interp.unknown(f"`super().{name}` is not followed")
        if cls.foreign is not None:
            return self.interp.unknown(f"`{cls.foreign.name}` cannot be read, which may define `{name}`")
        return MISSING

    def _of_module(self, receiver: Obj, name: str) -> Value:
        """``super().name`` of a module for what torch defines."""
        if name == "__call__":
            run = self.interp.modules_of.run
            return Native(name, lambda interp, *args, **kwargs: run(receiver, list(args), kwargs, interp.frame))
        if name == "__getattr__":
            return Native(name, lambda interp, wanted: self._own(receiver, wanted))
        if name == "__getattribute__" or name in _MODULE_NAMES:
            return self.interp.unknown(f"`super().{name}` is not followed")
        return MISSING

    def _own(self, receiver: Obj, name: Value) -> Value:
        """What a module has under a name that its class does not have."""
        found = receiver.attrs.get(name, MISSING)
        if found is MISSING:
            raise self.interp.error("AttributeError", f"'{receiver.cls.name}' object has no attribute '{name}'")
        return found

    def _of_builtin(self, receiver: Obj, name: str) -> Value:
        """A method of the type of Python's that the class of an object is derived from."""
        items = self.interp.items_of
        if name == "__getitem__":
            return Native(name, lambda interp, key: items.get(receiver.data, key))
        if name == "__setitem__":
            return Native(name, lambda interp, key, value: items.set(receiver.data, key, value))
        return wellknown.plain_attribute(self.interp, receiver.data, name)

    def _of_function(self, owner: Value, name: str) -> Value:
        if isinstance(owner, Function) and name in owner.attrs:
            return owner.attrs[name]
        if isinstance(owner, Partial) and name in ("func", "args", "keywords"):
            return {"func": owner.function, "args": owner.args, "keywords": owner.kwargs}[name]
        if isinstance(owner, Bound):
            if name == "__self__":
                return owner.receiver
            return owner.function if name == "__func__" else self.find(owner.function, name)
        if name in ("__name__", "__qualname__"):
            return owner.code.name if isinstance(owner, Function) else getattr(owner, "name", MISSING)
        if name == "__module__" and isinstance(owner, Function):
            return owner.namespace.qualified
        if name == "__class__":
            return External(f"builtins.{'function' if isinstance(owner, Function) else kind_of(owner)}")
        if name in ("__doc__", "__wrapped__"):
            return None if name == "__doc__" else MISSING
        if isinstance(owner, Native):
            return wellknown.native_attribute(self.interp, owner, name)
        return MISSING

    def set(self, owner: Value, name: str, value: Value) -> None:
        """``owner.name = value``."""
        if type(owner) is Obj:
            setter = owner.cls.lookup("__setattr__")
            if setter is not MISSING:
                self.interp.call(setter, [owner, name, value], {}, self.interp.frame)
                return
            self.assign(owner, name, value)
        elif type(owner) is Tensor:
            torch_tensors.set_attribute(self.interp, owner, name, value)
        elif isinstance(owner, (Class, Function)):
            owner.attrs[name] = value
        elif isinstance(owner, Namespace):
            owner.names[name] = value
        elif isinstance(owner, External):
            self.interp.patch(owner, name)
        elif isinstance(owner, Unknown):
            self.interp.deferred.changed(owner)
        else:
            self.interp.gap(f"an attribute of a {kind_of(owner)} is set", None)

    def assign(self, owner: Obj, name: str, value: Value) -> None:
        """``object.__setattr__(owner, name, value)``."""
        found = owner.cls.lookup(name)
        if type(found) is Property and not found.kept and not self._is_part(owner, value):
            if found.setter is None:
                raise self.interp.error("AttributeError", f"can't set attribute '{name}'")
            self.interp.call(found.setter, [owner, value], {}, self.interp.frame)
            return
        if type(found) is Obj and found.cls.lookup("__set__") is not MISSING and not self._is_part(owner, value):
            self.interp.method(found, "__set__", [owner, value])
            return
        owner.attrs[name] = value

    def _is_part(self, owner: Obj, value: Value) -> bool:
        """Whether a module registers a value before anything else may have it."""
        is_module = self.interp.modules_of.is_module
        return is_module(owner) and (value.is_parameter if isinstance(value, Tensor) else is_module(value))

    def delete(self, owner: Value, name: str) -> None:
        """``del owner.name``."""
        if isinstance(owner, Obj) and isinstance(owner.cls.lookup(name), (Property, Obj)):
            self.interp.gap(f"how `{name}` is deleted is not followed")
        elif isinstance(owner, Obj):
            self.remove(owner, name)
        elif isinstance(owner, Unknown):
            self.interp.deferred.changed(owner)
        else:
            self.interp.gap(f"an attribute of a {kind_of(owner)} is deleted", None)

    def remove(self, owner: Obj, name: str) -> None:
        """``object.__delattr__(owner, name)``."""
        if owner.attrs.pop(name, MISSING) is MISSING:
            raise self.interp.error("AttributeError", name)

    def own_super(self, f: Frame) -> Value:
        """``super()`` in a method."""
        scope: Frame | None = f
        while scope is not None and (scope.function is None or scope.function.owner is None):
            scope = scope.outer
        if scope is None or scope.function is None:
            return self.interp.unknown("`super()` outside of a method")
        params = scope.function.code.params
        receiver = scope.vars.get(params[0]) if params else None
        if not isinstance(receiver, (Obj, Class)):
            return self.interp.unknown("`super()` outside of a method")
        return Super(scope.function.owner, receiver)


def _unwrapped(value: Value, cls: Class) -> Value:
    if type(value) is ClassMethod:
        return Bound(value.function, cls)
    return value.function if type(value) is Static else value


def kind_of(value: Value) -> str:
    """The name of a value's type, for messages."""
    if isinstance(value, Obj):
        return value.cls.name
    names = {Function: "function", Native: "function", Namespace: "module", Class: "type", External: "module"}
    return names.get(type(value), type(value).__name__)
