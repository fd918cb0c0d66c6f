"""Hooks of modules: what runs before and after their ``forward``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import Class, Native, Obj, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: The attribute of a module that holds its hooks: ``before`` or ``after``, and the function.
KEY = "#hooks"


def registering(when: str) -> Callable[..., Value]:
    """``register_forward_hook`` and ``register_forward_pre_hook``; the handle takes the hook away."""

    def register(interp: Interpreter, self: Obj, hook: Value, **options: Value) -> Value:
        if any(value is not False for value in options.values()):
            return interp.unknown("a hook with options is not followed")
        row = (when, hook)
        self.attrs[KEY] = [*self.attrs.get(KEY, ()), row]

        def remove(interp: Interpreter, handle: Obj) -> None:
            self.attrs[KEY] = [each for each in self.attrs.get(KEY, ()) if each is not row]

        return Obj(Class("RemovableHandle", (interp.object,), {"remove": Native("remove", remove)}))

    return register


def run(interp: Interpreter, module: Obj, forward: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """``forward`` between the hooks of a module. Raises ``Raised``."""
    hooks, frame = module.attrs[KEY], interp.frame
    for _, hook in (row for row in hooks if row[0] == "before"):
        made = interp.call(hook, [module, tuple(args)], {}, frame)
        if isinstance(made, Unknown):
            return made
        if made is not None:
            args = list(made) if isinstance(made, tuple) else [made]
    result = interp.call(forward, args, kwargs, frame)
    for _, hook in (row for row in hooks if row[0] == "after"):
        made = interp.call(hook, [module, tuple(args), result], {}, frame)
        result = result if made is None else made
    return result
