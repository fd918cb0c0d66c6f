"""What torch's own modules have and do besides their ``forward``: methods that every module or container inherits."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import containers
from gconv_lint.frontends.source.called_names import ANY
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    External,
    Function,
    Instance,
    Lazy,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


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


def reparametrized(ev: Evaluator, name: str, args: list[Value]) -> Value:
    """``weight_norm(module)`` and its like give back their module; the newer ones make it one of another class."""
    if args and isinstance(args[0], Instance) and "parametri" in name:
        ev.heap.put(args[0].attrs, "__class__", ev.heap.fresh("class"))
    return args[0] if args else ev.heap.fresh("module")


def attribute(ev: Evaluator, owner: Instance, name: str) -> Value:
    """A method or attribute that torch's own class gives an instance, or ``MISSING``."""
    if name in _METHODS and (name not in _OF_CONTAINERS or containers.is_container(owner)):
        return Bound(External(f"method.{name}"), owner)
    if name == "_modules":
        return ev.escapes.one_of(name, owner)
    if name in _TABLES:
        ev.forwards.alterations.opaque(owner)  # Who has the table can put something else into it.
    return MISSING


def method(
    ev: Evaluator, owner: Instance, name: str, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame
) -> Value:
    """Call a method that torch's class defines."""
    if name in ("append", "extend", "insert", "update", "pop"):
        ev.forwards.grown(owner, f)
        return containers.grow(ev, owner, name, args)
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
        rows = partial(containers.views, owner, name)
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
