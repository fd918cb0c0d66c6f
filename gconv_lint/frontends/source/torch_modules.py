"""What the evaluator knows of torch's modules: constructors that make layers, containers that hold them."""

from __future__ import annotations

import ast
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.expressions import UNKNOWN_STAR
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.heap import OPEN
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.torch_signatures import CONV, bind
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    Lazy,
    ListValue,
    Raised,
    Value,
)
from gconv_lint.model.dims import Sym
from gconv_lint.model.layers import ConvAttrs
from gconv_lint.model.signatures import SIGNATURES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

SEQUENTIAL = "torch.nn.Sequential"
#: Functions that put something else in the place of a module's weight, and give the module back.
REPARAMETRIZING = frozenset(
    [
        *(
            f"torch.nn.utils.{name}"
            for name in ("weight_norm", "spectral_norm", "remove_weight_norm", "remove_spectral_norm")
        ),
        *(f"torch.nn.utils.parametrizations.{name}" for name in ("weight_norm", "spectral_norm", "orthogonal")),
        "torch.nn.utils.parametrize.register_parametrization",
    ]
)
CONTAINERS = (SEQUENTIAL, "torch.nn.ModuleList", "torch.nn.ModuleDict", "torch.nn.ParameterList")
_TABLES = ("_parameters", "_buffers", "_forward_hooks", "_forward_pre_hooks")
_METHODS = {
    "append",
    "extend",
    "insert",
    "add_module",
    "register_module",
    "register_forward_hook",
    "register_forward_pre_hook",
    "register_buffer",
    "register_parameter",
    "children",
    "named_children",
    "items",
    "keys",
    "values",
    "pop",
    "update",
    "__init__",
    "forward",
    "__call__",
    "train",
    "eval",
    "to",
    "cuda",
    "cpu",
    "half",
    "float",
    "double",
    "requires_grad_",
    "apply",
    "modules",
    "named_modules",
    "parameters",
    "named_parameters",
    "get_submodule",
    "set_submodule",
    "state_dict",
    "load_state_dict",
}


#: Those that only containers have.
_OF_CONTAINERS = ("append", "extend", "insert", "items", "keys", "values", "pop", "update")


def initialise(
    ev: Evaluator,
    instance: Instance,
    name: str,
    args: list[Value],
    kwargs: dict[Any, Value],
    node: ast.AST | None,
    f: Frame,
) -> None:
    """Run the constructor of the torch class ``name`` on an instance of it or of a subclass."""
    name = canonical(name)
    if name in ev.patched:
        return
    if CONV.match(name):
        _convolution(ev, instance, name, args, kwargs, node, f)
    elif name in CONTAINERS:
        _fill(ev, instance, args, kwargs)
    elif name in SIGNATURES:
        _plain(ev, instance, name, args, kwargs, node, f)


def _convolution(
    ev: Evaluator,
    instance: Instance,
    name: str,
    args: list[Value],
    kwargs: dict[Any, Value],
    node: ast.AST | None,
    f: Frame,
) -> None:
    bound = bind(name, args, kwargs)
    match = CONV.match(name)
    if bound is None or match is None or node is None:
        ev.gap("starred arguments hide a convolution's channels", f, node)
        return
    starred = bound.pop(UNKNOWN_STAR, None) is not None  # type: ignore[call-overload]
    lazy, transposed, rank = match.groups()
    value: dict[str, Any] = {
        n: bound[n] if n in bound else ev.heap.fresh(n) for n in _CONV_FIELDS if n in bound or n in _ALWAYS or starred
    }
    conv = ConvAttrs(rank=int(rank), transposed=transposed is not None, lazy=lazy is not None, **value)
    record = Record("conv", name, node, f, f.call)
    record.conv = conv
    record.given = _given(name, args, kwargs)
    record.starred = starred
    ev.record(record)
    instance.layer = record
    attrs = {n: getattr(conv, n) for n in _CONV_FIELDS}
    for field in ("kernel_size", "stride", "dilation", "padding"):
        attrs[field] = _spatial(ev, attrs[field], conv.rank)
    if conv.lazy:
        del attrs["in_channels"]  # known when it has met its first input
    _keep(instance, attrs)


def _spatial(ev: Evaluator, size: Value, rank: int) -> Value:
    """What a layer keeps of a size that it was given."""
    if isinstance(size, int):
        return (size,) * rank
    if isinstance(size, ListValue):
        return tuple(size.items) if size.exact else ev.heap.fresh("size")
    return size


def _keep(instance: Instance, attrs: dict[str, Value]) -> None:
    """What can be read from a layer: a bias is a parameter where there is one, and a device is nobody's attribute."""
    kept = {n: v for n, v in attrs.items() if n not in ("bias", "device", "dtype")}
    instance.attrs.update(kept)
    if attrs.get("bias") is False:
        instance.attrs["bias"] = None


_CONV_FIELDS = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
_ALWAYS = ("in_channels", "out_channels", "kernel_size")


def _given(name: str, args: list[Value], kwargs: dict[Any, Value]) -> frozenset[str]:
    return _names_given(name, len(args), tuple(k for k in kwargs if k is not UNKNOWN_STAR))


@cache  # most calls are written in one of a few ways
def _names_given(name: str, positional: int, keywords: tuple[str, ...]) -> frozenset[str]:
    return frozenset([*SIGNATURES[name][0][:positional], *keywords])


def _plain(
    ev: Evaluator,
    instance: Instance,
    name: str,
    args: list[Value],
    kwargs: dict[Any, Value],
    node: ast.AST | None,
    f: Frame,
) -> None:
    bound = bind(name, args, kwargs)
    if bound is None or UNKNOWN_STAR in bound:
        return
    _keep(instance, bound)
    kind = {"torch.nn.GroupNorm": "group_norm", "torch.nn.ChannelShuffle": "shuffle"}.get(name)
    if kind is not None and node is not None:
        record = Record(kind, name, node, f, f.call)
        record.attrs = {k: bound[k] for k in SIGNATURES[name][0] if k in bound}
        record.given = _given(name, args, kwargs)
        ev.record(record)
        instance.layer = record


def _fill(ev: Evaluator, instance: Instance, args: list[Value], kwargs: dict[Any, Value]) -> None:
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


def reparametrized(ev: Evaluator, name: str, args: list[Value]) -> Value:
    """``weight_norm(module)`` and its like give back their module; the newer ones make it one of another class."""
    if args and isinstance(args[0], Instance) and "parametri" in name:
        ev.heap.put(args[0].attrs, "__class__", ev.heap.fresh("class"))
    return args[0] if args else ev.heap.fresh("module")


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
    is_table = "torch.nn.ModuleDict" in external_names(instance)
    return child_names(instance) if is_table else children(instance)


def attribute(ev: Evaluator, owner: Instance, name: str) -> Value:
    """A method or attribute that torch's own class gives an instance, or ``MISSING``."""
    if name in _METHODS and (name not in _OF_CONTAINERS or is_container(owner)):
        return Bound(External(f"method.{name}"), owner)
    if name == "_modules":
        return ev.escapes.one_of(name, owner)
    if name in _TABLES:
        ev.forwards.alterations.opaque(owner)  # Who has the table can put something else into it.
    return MISSING


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


def method(
    ev: Evaluator, owner: Instance, name: str, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame
) -> Value:
    """Call a method that torch's class defines."""
    if name in ("append", "extend", "insert", "update", "pop"):
        ev.forwards.grown(owner, f)
        return grow(ev, owner, name, args)
    if name.startswith("register_forward"):
        ev.forwards.alterations.opaque(owner)
        ev.forwards.hooked(f.module)
        return ev.heap.fresh(name)
    if name in ("add_module", "register_module", "register_buffer", "register_parameter"):
        ev.forwards.alterations.changed(owner)
        values = [*args, *kwargs.values()]
        if len(values) >= 2 and isinstance(values[0], str):
            ev.attributes.set(owner, values[0], values[1], f)
            ev.forwards.grown(owner, f)
        else:
            ev.heap.put(owner.attrs, OPEN, True)
            ev.forwards.alterations.opaque(owner)
        return None
    if name in ("children", "values", "named_children", "items", "keys"):
        rows = partial(_rows, owner, name)
        return Lazy(rows, once=name.endswith("children"), watched=(owner,), closed=True)
    if name in ("modules", "named_modules"):
        return Lazy(lambda: None, watched=(owner,))
    if name == "get_submodule":
        return ev.escapes.one_of(name, owner)
    if name == "set_submodule":
        ev.edits.edit([owner], [ANY])
    if name == "apply":
        ev.escapes.give(args)
    if name == "apply" and args:
        _visit(ev, owner, args[0], node, f)
    if name in ("train", "eval", "to", "cuda", "cpu", "half", "float", "double", "requires_grad_", "apply"):
        return owner
    return ev.heap.fresh(name)


def _visit(ev: Evaluator, owner: Instance, visitor: Value, node: Any, f: Frame) -> None:
    """``module.apply(visitor)``: what the visitor stores may be stored in every part."""
    if isinstance(visitor, Function) and isinstance(visitor.code.node, ast.Lambda):
        ev.heap.fork([lambda: ev.call(visitor, [ev.escapes.one_of("module", owner)], {}, node, f), lambda: None])
    elif isinstance(visitor, Function):
        ev.edits.edit([owner], ev.relevance.stored(visitor))


def _rows(owner: Instance, name: str) -> list[Value] | None:
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
