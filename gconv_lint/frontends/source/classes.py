"""Classes and instances of the project: definition, construction, attributes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import dunders, iterators, torch_modules
from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.escapes import is_data
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import CLASS_BODY, Call, Closure, Frame
from gconv_lint.frontends.source.linearisation import linearised
from gconv_lint.frontends.source.memo import arguments_key
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
    Raised,
    Super,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Metaclasses that leave attributes and instances alone.
_METACLASSES = ("ABCMeta", "type", "EnumMeta", "EnumType")
_BUILTIN_TYPES = (str, int, float, tuple, bytes, range, ListValue, DictValue)


class Classes:
    """Defines classes and makes instances of them."""

    __slots__ = ("ev",)

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev

    def define(self, node: ast.ClassDef, bases: list[Value], body: Closure, f: Frame) -> ClassValue:
        """The class that a ``class`` statement makes."""
        cls = ClassValue(node.name, node, f.module)
        known = [base if isinstance(base, (ClassValue, External)) else External("?") for base in bases]
        cls.mro, sane = linearised(cls, known)
        unknown = any(isinstance(b, External) and b.name == "?" for b in cls.mro)
        cls.open = unknown or not sane or any(isinstance(b, ClassValue) and b.open for b in known)
        env = f.env if f.vars is f.module.vars or f.receiver is CLASS_BODY else (f.vars, *f.env)
        frame = Frame(f.module, cls.attrs, f.call, env)
        frame.receiver = CLASS_BODY
        body(frame)
        for value in cls.attrs.values():
            while isinstance(value, Function) and value.owner is None:
                value.owner = cls
                if value.setter is not None:
                    value.setter.owner = cls
                value = value.wraps
        self._blur_subclass(cls)
        for name, value in list(cls.attrs.items()):
            dunders.run(self.ev, value, "__set_name__", cls, name)
        if cls.attrs:
            for name in sorted(f.module.file.state.class_attributes(cls.name) & cls.attrs.keys()):
                cls.attrs[name] = self.ev.heap.fresh(name)
        for base in cls.mro[1:]:
            if isinstance(base, ClassValue):
                cls.generated = cls.generated or base.generated
                cls.fields = cls.fields or base.fields
                cls.field_owner = cls.field_owner or base.field_owner
                cls.meta = cls.meta or base.meta
        cls.meta = cls.meta or any(k.arg == "metaclass" and _word(k.value) not in _METACLASSES for k in node.keywords)
        cls.hooked = any(isinstance(cls.lookup(name), Function) for name in ("__setattr__", "__getattribute__"))
        if cls.meta:
            self._blur(cls, list(cls.attrs))
        if any(_word(d) == "dataclass" for d in node.decorator_list) or any(_named(c, "NamedTuple") for c in cls.mro):
            cls.fields = _fields(cls)
            cls.field_owner = cls
        return cls

    def decorate(self, cls: ClassValue, decorators: list[ast.expr], f: Frame) -> Value:
        """What stands under the name of a decorated class; one from outside may have given it a constructor."""
        value: Value = cls
        for node in reversed(decorators):
            target = node.func if isinstance(node, ast.Call) else node
            decorator = compile_expression(self.ev, target)(f)
            if isinstance(decorator, External) or not isinstance(value, ClassValue):
                cls.generated = cls.generated or not _is_harmless(_word(node))
                continue
            made = self._decorated(value, node, decorator, f)
            value = made if isinstance(made, ClassValue) else self.ev.escapes.hide(cls.name, value)
        return value

    def _decorated(self, cls: ClassValue, node: ast.expr, decorator: Value, f: Frame) -> Value:
        if isinstance(decorator, Function) and decorator.code in self.ev.functions.transparent:
            return cls
        try:
            call = compile_expression(self.ev, node)(f) if isinstance(node, ast.Call) else decorator
            made = self.ev.call(call, [cls], {}, node, f)
        except Raised:
            self._blur(cls, list(cls.attrs))
            return cls
        if isinstance(decorator, Function):
            self._blur(cls, self.ev.relevance.stored(decorator))
        return made

    def _blur_subclass(self, cls: ClassValue) -> None:
        for base in cls.mro[1:]:
            hook = base.attrs.get("__init_subclass__") if isinstance(base, ClassValue) else None
            if isinstance(hook, Function):
                self._blur(cls, self.ev.relevance.stored(hook))

    def _blur(self, cls: ClassValue, names: list[str]) -> None:
        for name in list(cls.attrs) if ANY in names else names:
            if not isinstance(cls.lookup(name), Function):
                cls.attrs[name] = self.ev.heap.fresh(name)

    def blur_all(self, cls: ClassValue) -> None:
        """Somebody may have stored any attribute of a class."""
        self._blur(cls, list(cls.attrs))

    def instantiate(
        self, cls: ClassValue, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """The instance that ``cls(*args, **kwargs)`` makes; equal calls share one."""
        init = cls.lookup("__init__")
        if isinstance(init, Function):
            init.code.called = True
        if (
            cls.meta
            or isinstance(cls.lookup("__new__"), Function)
            or any(isinstance(c, External) and c.name.startswith("enum.") for c in cls.mro)
        ):
            return self.ev.heap.fresh(cls.name)
        key = arguments_key(args, kwargs) if self.ev.can_remember else None
        if key is None:
            return self.construct(cls, args, kwargs, Call(node, f.module, f.call), f)
        return self.ev.memo.call((cls, key), lambda call: self.construct(cls, args, kwargs, call, f), node, f)

    def construct(self, cls: ClassValue, args: list[Value], kwargs: dict[Any, Value], call: Call, f: Frame) -> Instance:
        """A new instance with its constructor evaluated."""
        instance = Instance(cls)
        init = cls.lookup("__init__")
        base = cls.external_base()
        if isinstance(init, Function):
            self.ev.functions.run(init, [instance, *args], kwargs, call.node, f, call)
        elif cls.fields is not None:
            self._fill_fields(instance, cls, args, kwargs)
            after = cls.lookup("__post_init__")
            if isinstance(after, Function):
                rest = [self.ev.heap.fresh(name) for name in after.code.params[1:]]  # ``InitVar``s
                self.ev.functions.run(after, [instance, *rest], {}, call.node, f)
        elif self._is_generated(cls, base):
            self.ev.attributes.blur(instance)
        elif base is not None and not cls.open:
            inner = Frame(f.module, {}, call)
            inner.guards = f.guards
            torch_modules.initialise(self.ev, instance, base.name, args, kwargs, call.node, inner)
        self.ev.built(instance, call)
        return instance

    def _is_generated(self, cls: ClassValue, base: External | None) -> bool:
        """Whether the constructor is nowhere to be seen, as in attrs and pydantic."""
        return cls.generated or (base is not None and not base.name.startswith(("torch.", "builtins.", "abc.")))

    def _fill_fields(self, instance: Instance, cls: ClassValue, args: list[Value], kwargs: dict[Any, Value]) -> None:
        for position, name in enumerate(cls.fields or ()):
            default = (cls.field_owner or cls).lookup(name)
            value = args[position] if position < len(args) else kwargs.get(name, default)
            unknown = value is MISSING or isinstance(value, Instance)
            instance.attrs[name] = self.ev.heap.fresh(name) if unknown else value


def _word(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return getattr(target, "id", getattr(target, "attr", ""))


def _named(cls: ClassValue | External, word: str | tuple[str, ...]) -> bool:
    return isinstance(cls, External) and cls.name.endswith(word)


def _fields(cls: ClassValue) -> list[str]:
    names: dict[str, None] = {}
    for base in reversed(cls.mro):
        if isinstance(base, ClassValue):
            names.update(
                {
                    s.target.id: None
                    for s in base.node.body
                    if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name) and _is_field(s)
                }
            )
    return list(names)


def _is_field(statement: ast.AnnAssign) -> bool:
    """Whether an annotated name is given to the constructor by position."""
    annotation = statement.annotation
    kind = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    text = kind.value if isinstance(kind, ast.Constant) and isinstance(kind.value, str) else _word(kind)
    options = statement.value.keywords if isinstance(statement.value, ast.Call) else []
    left_out = {"init", "kw_only"} & {k.arg for k in options if isinstance(k.value, ast.Constant) and k.arg is not None}
    return "ClassVar" not in text and not left_out


#: Decorators that leave the attributes and the constructor of a class alone.
_HARMLESS = re.compile(
    r"regist|final|total_ordering|dataclass|unique|script|compil|export|deprecat|document|docstring|add_", re.I
)


def _is_harmless(word: str) -> bool:
    return _HARMLESS.search(word) is not None


def _is_enum(cls: ClassValue) -> bool:
    """Whether the members of a class are objects of their own, and no numbers."""
    return any(_named(c, ("enum.Enum", "enum.Flag", "StrEnum")) for c in cls.mro)


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
        if isinstance(index, str) or (type(index) is int and index >= 0):
            self.ev.heap.store(owner, f"[{index!r}]", value)
        else:
            self.ev.heap.lose(owner)

    def _of_class(self, owner: Instance, name: str, f: Frame, node: ast.AST | None) -> Value:
        cls = owner.cls
        if name == "__dict__":
            self.blur(owner)
            return self.ev.heap.fresh(name)
        if isinstance(cls, ClassValue):
            value = cls.lookup(name)
            if value is not MISSING:
                if cls.hooked and not isinstance(value, Function):
                    return self.ev.heap.fresh(name)
                return self._bind(value, owner, cls, name, f, node)
            if name == "__class__":
                return cls
        if name in ("__setattr__", "__delattr__"):
            builtin = self.ev.names.builtins[name.strip("_")]
            return Builtin(name, lambda args, kwargs, at, g: builtin.run([owner, *args], kwargs, at, g))
        value = torch_modules.attribute(self.ev, owner, name)
        if value is MISSING:
            foreign = isinstance(cls, ClassValue) and cls.is_foreign
            value = self.ev.escapes.hide(name, owner) if foreign else self.ev.heap.fresh(name)
            self.ev.heap.put(owner.attrs, name, value)
        return value

    def _bind(self, value: Value, owner: Value, cls: ClassValue, name: str, f: Frame, node: ast.AST | None) -> Value:
        if _defines(value, "__get__"):
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
        if not isinstance(value, Function) and _is_enum(cls):
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
            return self.ev.heap.fresh(name) if _defines(value, "__get__") else value
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
        for name, value in table.items():
            if isinstance(value, Instance) and is_data(value) and not value.shared:
                value.shared = True
                self.blur(value)
            elif not isinstance(value, kept) and not name.startswith("__"):
                self.ev.heap.put(owner.attrs, name, self.ev.heap.fresh(name))

    def _decides(self, owner: Instance, above: Value) -> bool:
        """Whether code of the class decides what an attribute becomes, which the class has as ``above``."""
        if above is MISSING:
            return isinstance(owner.cls, ClassValue) and owner.cls.hooked
        is_property = isinstance(above, Function) and above.kind == "property"
        hooked = isinstance(owner.cls, ClassValue) and owner.cls.hooked
        return hooked or is_property or isinstance(above, Sym) or _defines(above, "__set__")


def _defines(value: Value, name: str) -> bool:
    """Whether an object's class has a method."""
    return isinstance(value, Instance) and isinstance(value.cls, ClassValue) and value.cls.lookup(name) is not MISSING
