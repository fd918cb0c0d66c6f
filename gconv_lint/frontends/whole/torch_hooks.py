"""Hooks of modules: what runs before and after their ``forward``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import Class, Native, Obj, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: The attributes of a module that hold its hooks by number, which a program may write to itself.
BEFORE, AFTER = TABLES = ("_forward_pre_hooks", "_forward_hooks")
#: The attribute that holds the tables and numbers of hooks that are given named arguments, too.
_NAMED = "#named hooks"
#: What a hook may be registered with, all of them off; the last one is about calls that raise.
_OPTIONS = frozenset(("prepend", "with_kwargs", "always_call"))


def table(module: Obj, name: str) -> Value:
    """The hooks of a module by number."""
    return module.attrs.setdefault(name, {})


def registering(name: str) -> Callable[..., Value]:
    """``register_forward_hook`` and ``register_forward_pre_hook``; the handle takes the hook away."""

    def register(interp: Interpreter, self: Obj, hook: Value, **options: Value) -> Value:
        rows = table(self, name)
        if type(rows) is not dict or not options.keys() <= _OPTIONS or {*map(type, options.values())} - {bool}:
            made = self.attrs[name] = interp.unknown("a hook is registered in a way that is not followed")
            return made
        number = max((key for key in rows if type(key) is int), default=-1) + 1
        _insert(rows, number, hook, first=options.get("prepend") is True)
        if options.get("with_kwargs"):
            self.attrs[_NAMED] = [*self.attrs.get(_NAMED, ()), (name, number)]

        def remove(interp: Interpreter, handle: Obj) -> None:
            rows.pop(number, None)
            self.attrs[_NAMED] = [each for each in self.attrs.get(_NAMED, ()) if each != (name, number)]

        return Obj(Class("RemovableHandle", (interp.object,), {"remove": Native("remove", remove)}))

    return register


def _insert(rows: dict[Value, Value], number: int, hook: Value, first: bool) -> None:
    others = dict(rows) if first else {}
    for key in others:
        del rows[key]
    rows[number] = hook
    rows.update(others)


def run(interp: Interpreter, module: Obj, forward: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """``forward`` between the hooks of a module. Raises ``Raised``."""
    frame = interp.frame
    for number, hook in _hooks(interp, module, BEFORE):
        named = _is_named(module, BEFORE, number)
        made = interp.call(hook, [module, tuple(args), *([kwargs] if named else [])], {}, frame)
        if isinstance(made, Unknown):
            return made
        if named and made is not None:
            args, kwargs = list(interp.items(made[0])), made[1]
        elif made is not None:
            args = list(made) if isinstance(made, tuple) else [made]
    result = interp.call(forward, args, kwargs, frame)
    for number, hook in _hooks(interp, module, AFTER):
        more = [kwargs] if _is_named(module, AFTER, number) else []
        made = interp.call(hook, [module, tuple(args), *more, result], {}, frame)
        result = result if made is None else made
    return result


def _hooks(interp: Interpreter, module: Obj, name: str) -> list[tuple[Value, Value]]:
    rows = module.attrs.get(name, {})
    return [(None, _unread(rows))] if isinstance(rows, Unknown) else list(interp.mapping(rows).items())


def _unread(rows: Unknown) -> Native:
    """A hook of which nothing is known."""
    return Native("hook", lambda interp, *args: rows)


def _is_named(module: Obj, name: str, number: Value) -> bool:
    return (name, number) in module.attrs.get(_NAMED, ())
