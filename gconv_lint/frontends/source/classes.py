"""Classes and instances of the project: definition, construction, attributes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import data_classes, dunders, torch_modules
from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import CLASS_BODY, Call, Closure, Frame
from gconv_lint.frontends.source.linearisation import linearised
from gconv_lint.frontends.source.memo import arguments_key
from gconv_lint.frontends.source.values import (
    ClassValue,
    External,
    Function,
    Instance,
    Raised,
    Value,
)
from gconv_lint.frontends.source.walking import walk
from gconv_lint.frontends.source.words import last_word

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Metaclasses that leave attributes and instances alone.
_METACLASSES = ("ABCMeta", "type", "EnumMeta", "EnumType")


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
        if any(map(_hides_names, node.body)):
            cls.mro.insert(1, External("?"))  # It may have anything that its bases have.
            unknown = True
        cls.open = unknown or not sane or any(isinstance(b, ClassValue) and b.open for b in known)
        env = f.env if f.vars is f.module.vars or f.receiver is CLASS_BODY else (f.vars, *f.env)
        frame = Frame(f.module, cls.attrs, f.call, env)
        frame.receiver = CLASS_BODY
        body(frame)
        data_classes.settle(self.ev, cls, known)
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
                base.extended = True
                cls.generated = cls.generated or base.generated
                if cls.field_owner is None and base.field_owner is not None:
                    cls.fields, cls.keyword_fields = base.fields, base.keyword_fields
                    cls.field_owner = base.field_owner
                cls.meta = cls.meta or base.meta
        cls.meta = cls.meta or any(
            k.arg == "metaclass" and last_word(k.value) not in _METACLASSES for k in node.keywords
        )
        cls.hooked = any(isinstance(cls.lookup(name), Function) for name in ("__setattr__", "__getattribute__"))
        if cls.meta:
            self._blur(cls, list(cls.attrs))
        return cls

    def decorate(self, cls: ClassValue, decorators: list[ast.expr], f: Frame) -> Value:
        """What stands under the name of a decorated class; one from outside may have given it a constructor."""
        value: Value = cls
        for node in reversed(decorators):
            target = node.func if isinstance(node, ast.Call) else node
            decorator = compile_expression(self.ev, target)(f)
            if isinstance(decorator, External) or not isinstance(value, ClassValue):
                cls.generated = cls.generated or not _is_harmless(last_word(node))
                continue
            made = self._decorated(value, node, decorator, f)
            value = made if isinstance(made, ClassValue) else self.ev.escapes.hide(cls.name, value)
        return value

    def _decorated(self, cls: ClassValue, node: ast.expr, decorator: Value, f: Frame) -> Value:
        if isinstance(decorator, Function) and decorator.code in self.ev.definitions.transparent:
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
            data_classes.fill(self.ev, instance, args, kwargs, call.node, f)
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


def _hides_names(statement: ast.stmt) -> bool:
    """Whether a statement of a class's body may define names that no text shows."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)):
        return False
    return any(isinstance(n, ast.Name) and n.id in ("exec", "locals", "vars") for n in walk(statement))


#: Decorators that leave the attributes and the constructor of a class alone.
_HARMLESS = re.compile(
    r"regist|final|total_ordering|dataclass|unique|script|compil|export|deprecat|document|docstring|add_", re.I
)


def _is_harmless(word: str) -> bool:
    return _HARMLESS.search(word) is not None
