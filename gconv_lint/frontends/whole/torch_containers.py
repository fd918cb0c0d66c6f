"""``Sequential``, ``ModuleList``, ``ModuleDict`` and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import limits
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import Obj, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _rows(interp: Interpreter, self: Obj) -> list[tuple[str, Value]]:
    """What a container holds, by name, in its order."""
    return [
        (name, value)
        for name, value in self.attrs.items()
        if type(value) is Tensor
        or (type(value) is Obj and interp.modules_of.is_module(value))
        or _is_known(name, value)
    ]


def _is_known(name: str, value: Value) -> bool:
    """Something unknown under a number is a child."""
    return name.isdigit() and isinstance(value, Unknown)


def _add(interp: Interpreter, self: Obj, name: str, value: Value) -> None:
    if isinstance(value, Unknown):
        interp.gap(f"a module is not known that is added: {value.reason}")
    self.attrs[name] = value


def _init_sequence(interp: Interpreter, self: Obj, *args: Value) -> None:
    self.attrs["training"] = True
    if len(args) == 1 and isinstance(args[0], dict):
        for name, value in args[0].items():
            _add(interp, self, name, value)
    else:
        for number, value in enumerate(args):
            _add(interp, self, str(number), value)


def _init_list(interp: Interpreter, self: Obj, modules: Value = None) -> None:
    self.attrs["training"] = True
    for number, value in enumerate(interp.items(modules) if modules is not None else ()):
        _add(interp, self, str(number), value)


def _init_dict(interp: Interpreter, self: Obj, modules: Value = None) -> None:
    self.attrs["training"] = True
    if modules is not None:
        _update(interp, self, modules)


def _update(interp: Interpreter, self: Obj, modules: Value) -> None:
    for name, value in interp.mapping(interp.builtins["dict"].run(interp, modules)).items():
        _add(interp, self, name, value)


def _forward(interp: Interpreter, self: Obj, input: Value) -> Value:
    for _, module in _rows(interp, self):
        input = interp.call(module, [input], {}, interp.frame)
    return input


def _append(interp: Interpreter, self: Obj, module: Value) -> Obj:
    _add(interp, self, str(len(_rows(interp, self))), module)
    return self


def _extend(interp: Interpreter, self: Obj, modules: Value) -> Obj:
    for module in interp.items(modules):
        _append(interp, self, module)
    return self


def _insert(interp: Interpreter, self: Obj, index: int, module: Value) -> Obj:
    values = [value for _, value in _rows(interp, self)]
    values.insert(index, module)
    _refill(interp, self, values)
    return self


def _refill(interp: Interpreter, self: Obj, values: list[Value]) -> None:
    for name, _ in _rows(interp, self):
        del self.attrs[name]
    for number, value in enumerate(values):
        self.attrs[str(number)] = value


def _get(interp: Interpreter, self: Obj, index: Value) -> Value:
    rows = _rows(interp, self)
    if isinstance(index, slice):
        made = Obj(self.cls)
        renamed = self.cls.derives(interp.modules_of.cls("ModuleList"))
        made.attrs["training"] = True
        made.attrs.update({str(i) if renamed else name: m for i, (name, m) in enumerate(rows[index])})
        return made
    if isinstance(index, str):
        return self.attrs[index]
    if not -len(rows) <= index < len(rows):
        raise interp.error("IndexError", f"index {index} is out of range")
    return rows[index][1]


def _set(interp: Interpreter, self: Obj, index: Value, value: Value) -> None:
    rows = _rows(interp, self)
    name = index if isinstance(index, str) else rows[index][0]
    _add(interp, self, name, value)


def _delete(interp: Interpreter, self: Obj, index: Value) -> None:
    rows = _rows(interp, self)
    if isinstance(index, str):
        del self.attrs[index]
        return
    if not isinstance(index, slice):
        index = slice(index, index + 1 or None)
    numbers: list[int] = list(range(len(rows)))[index]  # type: ignore[assignment]
    _refill(interp, self, [value for number, (_, value) in enumerate(rows) if number not in numbers])


def _pop(interp: Interpreter, self: Obj, key: Value) -> Value:
    found = _get(interp, self, key)
    _delete(interp, self, key)
    return found


def _iterate(interp: Interpreter, self: Obj) -> Value:
    return interp.stream([value for _, value in _rows(interp, self)])


def _init_parameters(interp: Interpreter, self: Obj, values: Value = None) -> None:
    self.attrs["training"] = True
    rows = interp.items(values) if values is not None else []
    for number, value in enumerate(rows):
        self.attrs[str(number)] = value


def _joined(interp: Interpreter, self: Obj, other: Value) -> Value:
    """``a + b`` of sequences of modules."""
    if not interp.modules_of.is_module(other):
        raise interp.error("TypeError", f"'{self.cls.name}' can only be joined with another one")
    made = interp.call(interp.modules_of.cls(_base(interp, self)), [], {}, interp.frame)
    return _extend(interp, made, interp.stream([value for box in (self, other) for _, value in _rows(interp, box)]))


def _repeated(interp: Interpreter, self: Obj, times: Value) -> Value:
    """``a * 2`` of a ``Sequential``, which has its modules twice."""
    made = interp.call(interp.modules_of.cls("Sequential"), [], {}, interp.frame)
    rows = [value for _, value in _rows(interp, self)]
    limits.length(len(rows) * times)
    return _extend(interp, made, interp.stream(rows * times))


def _base(interp: Interpreter, self: Obj) -> str:
    return "ModuleList" if self.cls.derives(interp.modules_of.cls("ModuleList")) else "Sequential"


_SHARED: dict[str, Callable[..., Value]] = {
    "__len__": lambda interp, self: len(_rows(interp, self)),
    "__getitem__": _get,
    "__setitem__": _set,
    "__delitem__": _delete,
    "pop": _pop,
}
_LISTS: dict[str, Callable[..., Value]] = {
    **_SHARED,
    "__iter__": _iterate,
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "__iadd__": _extend,
    "__add__": _joined,
}
_DICTS: dict[str, Callable[..., Value]] = {
    **_SHARED,
    "__iter__": lambda interp, self: interp.stream([name for name, _ in _rows(interp, self)]),
    "__contains__": lambda interp, self, key: key in self.attrs,
    "keys": lambda interp, self: [name for name, _ in _rows(interp, self)],
    "values": lambda interp, self: [value for _, value in _rows(interp, self)],
    "items": lambda interp, self: list(_rows(interp, self)),
    "update": _update,
}
METHODS: dict[str, dict[str, Callable[..., Value]]] = {
    "Sequential": {
        **_LISTS,
        "__mul__": _repeated,
        "__rmul__": _repeated,
        "__init__": _init_sequence,
        "forward": _forward,
    },
    "ModuleList": {**_LISTS, "__init__": _init_list},
    "ModuleDict": {**_DICTS, "__init__": _init_dict},
    "ParameterList": {**_LISTS, "__init__": _init_parameters},
    "ParameterDict": {**_DICTS, "__init__": _init_dict},
}
