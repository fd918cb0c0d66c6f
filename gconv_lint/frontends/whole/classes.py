"""Classes of the code under test: class statements, and what calling a class makes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import limits, structures, wellknown
from gconv_lint.frontends.whole.frames import Closure, Frame
from gconv_lint.frontends.whole.values import (
    MISSING,
    Class,
    ClassMethod,
    External,
    Function,
    Native,
    Obj,
    Property,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Bases that say nothing about what an object does.
_SILENT = ("typing.", "abc.", "collections.abc.", "typing_extensions.")
_TUPLES = ("typing.NamedTuple", "typing_extensions.NamedTuple")


class Classes:
    """Makes classes and instances."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp

    def maker(self, node: ast.ClassDef) -> Closure:
        """The function that makes the value of a class statement in a frame."""
        compile_, interp = self.interp.expressions.compile, self.interp
        bases, body = [compile_(b) for b in node.bases], self.interp.statements.block(node.body)
        decorators = [compile_(d) for d in reversed(node.decorator_list)]
        keywords = [(k.arg, compile_(k.value)) for k in node.keywords]

        def make(f: Frame) -> Value:
            every = [base(f) for base in bases]
            given = [b for b in every if not _is_silent(b)]
            inner = Frame(f.namespace, {}, f.env if f.vars is f.namespace.names else (f.vars, *f.env), f, node.name)
            inner.is_class = True
            interp.enter(inner)
            try:
                body(inner)
            finally:
                interp.leave(f)
            named = {name: value(f) for name, value in keywords}
            cls: Value = self._made(node, tuple(given), inner, named)
            cls.is_abstract |= External("abc.ABC") in every or named.get("metaclass") == External("abc.ABCMeta")
            for decorator in decorators:
                f.node = node
                cls = interp.decorated(decorator(f), cls, f)
            return cls

        return make

    def _made(self, node: ast.ClassDef, bases: tuple[Value, ...], f: Frame, keywords: dict[Any, Value]) -> Class:
        known = tuple(self._base(b, node) for b in bases)
        limits.bases(self.interp, known)
        cls = Class(node.name, known or (self.interp.object,), f.vars)
        cls.namespace, cls.node = f.namespace, node
        inherited = (base.metaclass for base in known if isinstance(base, Class))
        cls.metaclass = keywords.get("metaclass") or next((each for each in inherited if isinstance(each, Class)), None)
        for value in f.vars.values():
            inner = value.function if isinstance(value, (Static, ClassMethod)) else value
            if isinstance(inner, Function) and inner.owner is None:
                inner.owner = cls
        structures.completed(self.interp, cls)
        self._announce(cls, f, keywords)
        return cls

    def _base(self, base: Value, node: ast.ClassDef) -> Value:
        if isinstance(base, (Class, External)):
            return base
        if isinstance(base, Native):
            return External(f"builtins.{base.name}")
        reason = base.reason if isinstance(base, Unknown) else "it is no class"
        return External(f"a base of `{node.name}`: {reason}")

    def _announce(self, cls: Class, f: Frame, keywords: dict[Any, Value]) -> None:
        for name, value in list(f.vars.items()):
            if isinstance(value, Obj) and value.cls.lookup("__set_name__") is not MISSING:
                self.interp.method(value, "__set_name__", [cls, name], f)
        hook = next((b.lookup("__init_subclass__") for b in cls.bases if isinstance(b, Class)), MISSING)
        function = hook.function if isinstance(hook, ClassMethod) else hook
        if isinstance(function, Function):
            given = {name: value for name, value in keywords.items() if name not in ("metaclass", None)}
            self.interp.call(function, [cls], given, f)

    def instantiate(self, cls: Class, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
        """``cls(*args, **kwargs)``."""
        if isinstance(cls.metaclass, Class) and cls.metaclass.lookup("__call__") is not MISSING:
            return self.interp.unknown(f"`{cls.name}` has a metaclass that makes its objects")
        if isinstance(cls.metaclass, Class) and any(cls.metaclass.lookup(n) is not MISSING for n in _MAKERS):
            return self.interp.unknown(f"`{cls.name}` has a metaclass that makes the class")
        if cls.lookup("__getattribute__") is not MISSING:
            return self.interp.unknown(f"`__getattribute__` of `{cls.name}` is not followed")
        self._refuse_abstract(cls)
        special = structures.instance(self.interp, cls, args, kwargs)
        if special is not MISSING:
            return special
        if self._is_foreign(cls) and self.interp.deferred.depth:
            self.interp.deferred.passed(cls.name, args, kwargs)
            return self.interp.unknown(
                f"`{cls.name}` is built by `{getattr(cls.foreign, 'name', '')}`, which cannot be read"
            )
        self._notice(cls)
        made = self._new(cls, args, kwargs, f)
        if not isinstance(made, Obj) or not made.cls.derives(cls):
            return made
        start = cls.lookup("__init__")
        if start is not MISSING:
            self.interp.call(start, [made, *args], kwargs, f)
        elif made.data is not None:
            structures.filled(self.interp, made, *args, **kwargs)
        elif cls.foreign is not None:
            self.interp.gap(f"`{cls.name}` is built by `{cls.foreign.name}`, which cannot be read", f)
        return made

    def _refuse_abstract(self, cls: Class) -> None:
        """Raise ``Raised`` for a class that has methods which only those that are derived from it have."""
        if not cls.is_abstract:
            return
        names = dict.fromkeys(name for base in cls.mro if isinstance(base, Class) for name in base.attrs)
        left = sorted(name for name in names if _is_abstract(cls.lookup(name)))
        if left:
            many = "s" if len(left) > 1 else ""
            said = f"Can't instantiate abstract class {cls.name} with abstract method{many} {', '.join(left)}"
            raise self.interp.error("TypeError", said)

    def _notice(self, cls: Class) -> None:
        """A gap for a class whose objects do something else than is followed here."""
        hidden = _hidden_by(cls)
        if hidden is not None:
            self.interp.gap(f"`{hidden.name}` cannot be read, which may define anything that `{cls.name}` has")

    def _is_foreign(self, cls: Class) -> bool:
        """Whether something outside makes the objects of a class."""
        return cls.foreign is not None and cls.lookup("__init__") is MISSING and cls.lookup("__new__") is MISSING

    def _new(self, cls: Class, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
        new = cls.lookup("__new__")
        if new is MISSING:
            return structures.made(self.interp, cls, *args)
        function = new.function if isinstance(new, (Static, ClassMethod)) else new
        return self.interp.call(function, [cls, *args], kwargs, f)


#: Methods of a metaclass that make a class, or change it.
_MAKERS = ("__new__", "__init__")


def _is_abstract(value: Value) -> bool:
    while isinstance(value, (Static, ClassMethod, Property)):
        value = value.getter if isinstance(value, Property) else value.function
    return isinstance(value, Function) and "__isabstractmethod__" in value.attrs


def _hidden_by(cls: Class) -> External | None:
    """A base that cannot be read, whose names come before those of one that can."""
    found: External | None = None
    for base in cls.mro:
        if isinstance(base, External) and not wellknown.is_harmless_base(base.name):
            found = found or base
        elif found is not None and isinstance(base, Class) and base.name != "object":
            return found
    return None


def _is_silent(base: Value) -> bool:
    return isinstance(base, External) and base.name.startswith(_SILENT) and base.name not in _TUPLES
