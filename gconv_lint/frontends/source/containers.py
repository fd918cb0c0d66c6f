"""Torch's containers of modules: the children that they hold, and under which names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.values import (
    MISSING,
    UNKNOWN_STAR,
    ClassValue,
    DictValue,
    External,
    Instance,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


SEQUENTIAL = "torch.nn.Sequential"


#: Those whose children have names of their own.
_TABLES = ("torch.nn.ModuleDict", "torch.nn.ParameterDict")
CONTAINERS = (SEQUENTIAL, "torch.nn.ModuleList", *_TABLES, "torch.nn.ParameterList")


def fill(ev: Evaluator, instance: Instance, args: list[Value], kwargs: dict[Any, Value]) -> None:
    """Children of ``Sequential(*modules)``, ``ModuleList(iterable)``, ``ModuleDict(mapping)`` by their names."""
    if len(args) == 1 and isinstance(args[0], DictValue):
        _give(instance, {str(k): v for k, v in args[0].items.items()})
        _mark_open(instance, not args[0].exact)
        return
    sequential = any(n.endswith("Sequential") for n in external_names(instance))
    items = args if sequential else (ev.iterate(args[0]) if args else [])
    pairs = bool(items) and all(isinstance(i, tuple) and len(i) == 2 and isinstance(i[0], str) for i in items or [])
    if items is None or UNKNOWN_STAR in items:
        _mark_open(instance, True)
    elif pairs:
        _give(instance, dict(items))
    else:
        _give(instance, {str(i): m for i, m in enumerate(items)})


def _give(instance: Instance, named: dict[str, Value]) -> None:
    instance.attrs.update(named)
    instance.given = frozenset(named)


def external_names(instance: Instance) -> list[str]:
    """The documented names of the classes outside the project that an instance derives from, nearest first."""
    mro = instance.cls.mro if isinstance(instance.cls, ClassValue) else [instance.cls]
    return [canonical(c.name) for c in mro if isinstance(c, External)]


def _mark_open(instance: Instance, is_open: bool) -> None:
    if is_open:
        instance.attrs[OPEN] = True


def is_container(instance: Instance) -> bool:
    """Whether an instance is one of torch's module containers."""
    return any(n in CONTAINERS for n in external_names(instance))


def is_module(instance: Instance) -> bool:
    """Whether an instance is an ``nn.Module``, as far as its bases tell."""
    return any(n.startswith("torch.nn.") for n in external_names(instance))


def children(instance: Instance) -> list[Value] | None:
    """The children of a container in order; ``None`` when some may be unknown."""
    names = child_names(instance)
    return None if names is None else [instance.attrs[name] for name in names]


def child_names(instance: Instance) -> list[str] | None:
    """The names of a container's children, in order; ``None`` when there may be others."""
    if not is_container(instance) or OPEN in instance.attrs:
        return None
    names = []
    for name, value in instance.attrs.items():
        if name in instance.given or name.isdigit() or (isinstance(value, Instance) and is_module(value)):
            names.append(name)
        elif isinstance(value, Sym) and not isinstance(instance.cls, External):
            return None  # An attribute of a subclass is a child if it is a module.
    return names


def rows(instance: Instance) -> list[Value] | None:
    """What a loop over a container yields: the names of a ``ModuleDict``, the modules of the others."""
    is_table = not set(_TABLES).isdisjoint(external_names(instance))
    return child_names(instance) if is_table else children(instance)


def item(ev: Evaluator, owner: Instance, index: Value) -> Value:
    """``container[index]``."""
    found = children(owner)
    if found is None:
        return ev.heap.fresh("child")
    if isinstance(index, int) and not isinstance(index, bool):
        if not -len(found) <= index < len(found):
            raise Raised("IndexError")
        return found[index]
    if isinstance(index, str):
        return owner.attrs.get(index, ev.heap.fresh("child"))
    if isinstance(index, slice) and all(p is None or isinstance(p, int) for p in (index.start, index.stop, index.step)):
        return _slice(owner, list(zip(child_names(owner) or (), found))[index]) or ev.escapes.one_of("part", owner)
    return ev.heap.fresh("child")


def _slice(owner: Instance, named: list[tuple[str, Value]]) -> Instance | None:
    """A container of the same class: lists number their children anew; ``None`` where the class has a constructor."""
    if isinstance(owner.cls, ClassValue) and owner.cls.lookup("__init__") is not MISSING:
        return None
    part = Instance(owner.cls)
    renumbered = "torch.nn.ModuleList" in external_names(owner)
    _give(part, {str(i) if renumbered else name: m for i, (name, m) in enumerate(named)})
    return part


def set_item(ev: Evaluator, owner: Instance, index: Value, value: Value) -> None:
    """``container[index] = value``."""
    owner.touched = ev.heap.clock
    names = child_names(owner)
    if isinstance(index, str) and not owner.shared:
        ev.heap.put(owner.attrs, index, value)
    elif isinstance(index, int) and names is not None and not owner.shared:
        if not -len(names) <= index < len(names):
            raise Raised("IndexError")
        ev.heap.put(owner.attrs, names[index], value)
    else:
        ev.heap.put(owner.attrs, OPEN, True)


def views(owner: Instance, name: str) -> list[Value] | None:
    """What ``children()``, ``items()`` and their like yield: the first two leave out what they have had."""
    names = child_names(owner)
    if names is None:
        return None
    if name.endswith("children"):
        first = {id(owner.attrs[n]): n for n in reversed(names)}
        names = [n for n in names if first[id(owner.attrs[n])] == n]
    if name == "keys":
        return list(names)
    whole = name in ("named_children", "items")
    return [(n, owner.attrs[n]) if whole else owner.attrs[n] for n in names]


def grow(ev: Evaluator, owner: Instance, name: str, args: list[Value]) -> Value:
    """``append``, ``extend`` and their like of a container."""
    ev.forwards.alterations.changed(owner)
    owner.touched = ev.heap.clock
    found = children(owner)
    more = [args[0]] if name == "append" and args else (ev.iterate(args[0]) if name == "extend" and args else None)
    if found is None or more is None or owner.shared:
        ev.heap.put(owner.attrs, OPEN, True)
        return owner
    for offset, child in enumerate(more):
        ev.heap.put(owner.attrs, str(len(found) + offset), child)
    return owner
