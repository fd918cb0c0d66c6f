"""The parameters and buffers that modules register: each once by its path, and as the state that is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.layer_kinds import buffer
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Obj, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def own_parameters(owner: Obj) -> Iterator[tuple[str, Tensor]]:
    """The parameters of a module itself."""
    for name, value in list(owner.attrs.items()):
        if type(value) is Tensor and value.is_parameter and isinstance(name, str):
            yield name, value


def own_buffers(owner: Obj) -> Iterator[tuple[str, Tensor]]:
    """The buffers of a module itself."""
    for name, value in owner.attrs.items():
        if name in owner.buffers and type(value) is Tensor:
            yield name, value


def _unsaved(name: str) -> str:
    """The key of the note that a buffer is no part of the state."""
    return f"#unsaved {name}"


def _register_buffer(interp: Interpreter, self: Obj, name: Value, tensor: Value, persistent: Value = True) -> None:
    buffer(self, name, tensor)
    self.attrs.pop(_unsaved(name), None)
    if persistent is not True:
        self.attrs[_unsaved(name)] = True


def named_parameters(interp: Interpreter, root: Obj, prefix: str = "") -> list[tuple[str, Tensor]]:
    """All parameters of a module and of those below it, each once, by path."""
    seen: dict[int, tuple[str, Tensor]] = {}
    for path, module in interp.modules_of.named(root, prefix):
        for name, value in own_parameters(module):
            seen.setdefault(id(value), (f"{path}.{name}" if path else name, value))
    return list(seen.values())


def named_buffers(interp: Interpreter, root: Obj, prefix: str = "") -> list[tuple[str, Tensor]]:
    """All buffers of a module and of those below it, each once, by path."""
    seen: dict[int, tuple[str, Tensor]] = {}
    for path, module in interp.modules_of.named(root, prefix):
        for name, value in own_buffers(module):
            seen.setdefault(id(value), (f"{path}.{name}" if path else name, value))
    return list(seen.values())


Rows = Callable[["Interpreter", Obj, str], list[tuple[str, Tensor]]]
Own = Callable[[Obj], Iterator[tuple[str, Tensor]]]


def _listed(below: Rows, own: Own, named: bool) -> Callable[..., Value]:
    """``parameters``, ``named_parameters`` and the same of buffers."""

    def run(
        interp: Interpreter, self: Obj, prefix: Value = "", recurse: Value = True, remove_duplicate: Value = True
    ) -> Value:
        if remove_duplicate is not True:
            return interp.unknown("parameters with those that are there twice are not followed")
        dotted = f"{prefix}." if prefix else ""
        rows = below(interp, self, prefix) if recurse else [(f"{dotted}{name}", value) for name, value in own(self)]
        return interp.stream([row if named else row[1] for row in rows])

    return run if named else lambda interp, self, recurse=True: run(interp, self, "", recurse)


def _state_dict(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> Value:
    if args or kwargs:
        return interp.unknown("`state_dict` with options is not followed")
    rows: dict[str, Value] = {}
    waiting = [("", self)]
    while waiting:
        prefix, module = waiting.pop()
        interp.spend(1 + (len(prefix) >> 4))
        saved = [(name, value) for name, value in own_buffers(module) if _unsaved(name) not in module.attrs]
        rows.update((prefix + name, value) for name, value in (*own_parameters(module), *saved))
        children = [(f"{prefix}{name}.", child) for name, child in interp.modules_of.children(module)]
        waiting.extend(reversed(children))
    return rows


METHODS: dict[str, Callable[..., Value]] = {
    "register_buffer": _register_buffer,
    "parameters": _listed(named_parameters, own_parameters, False),
    "named_parameters": _listed(named_parameters, own_parameters, True),
    "buffers": _listed(named_buffers, own_buffers, False),
    "named_buffers": _listed(named_buffers, own_buffers, True),
    "state_dict": _state_dict,
}
