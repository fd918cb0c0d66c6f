"""The dictionaries in which a module of torch keeps its children, its parameters and its buffers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Class, Native, Obj, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

Rows = Callable[[Obj], Iterable[tuple[str, Value]]]


def table(interp: Interpreter, owner: Obj, rows: Rows, kind: str) -> Obj:
    """A dictionary of the attributes of a module that ``rows`` gives; what is written to it the module has."""

    def now() -> dict[str, Value]:
        return dict(rows(owner))

    def write(interp: Interpreter, self: Obj, name: Any, value: Value) -> None:
        is_part = isinstance(value, (Obj, Unknown)) or (isinstance(value, Tensor) and value.is_parameter)
        if kind == "__dict__" and is_part:
            value = interp.unknown("a part of a module that it does not register is not followed")
        owner.attrs[name] = value
        if kind == "_buffers":
            owner.buffers.add(name)

    def remove(interp: Interpreter, self: Obj, name: Any, *default: Value) -> Value:
        return owner.attrs.pop(name) if name in now() or not default else default[0]

    def update(interp: Interpreter, self: Obj, *more: Value, **named: Value) -> None:
        for name, value in interp.mapping(interp.builtins["dict"].run(interp, *more, **named)).items():
            write(interp, self, name, value)

    methods: dict[str, Callable[..., Value]] = {
        "__len__": lambda interp, self: len(now()),
        "__iter__": lambda interp, self: interp.stream(list(now())),
        "__contains__": lambda interp, self, name: name in now(),
        "__getitem__": lambda interp, self, name: now()[name],
        "__setitem__": write,
        "__delitem__": remove,
        "get": lambda interp, self, name, default=None: now().get(name, default),
        "keys": lambda interp, self: list(now()),
        "values": lambda interp, self: list(now().values()),
        "items": lambda interp, self: list(now().items()),
        "pop": remove,
        "copy": lambda interp, self: now(),
        "update": update,
    }
    return Obj(Class("dict", (interp.object,), {name: Native(name, run) for name, run in methods.items()}))
