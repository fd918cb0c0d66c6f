"""The order in which a class and its bases are asked for an attribute: Python's C3."""

from __future__ import annotations

from collections.abc import Sequence

from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.values import ClassValue, External

Base = ClassValue | External
_MODULE = "torch.nn.Module"


def linearised(cls: ClassValue, bases: Sequence[Base]) -> tuple[list[Base], bool]:
    """``cls`` and what it derives from, in order; whether there is such an order."""
    rows = [row for base in bases if (row := _order(base))] + [list(bases)]
    rows = [[b for b in row if _key(b) != "builtins.object"] for row in rows]
    order: list[Base] = [cls]
    while rows := [row for row in rows if row]:
        head = next((row[0] for row in rows if not any(_holds(other[1:], row[0]) for other in rows)), None)
        order.append(rows[0][0] if head is None else head)
        if head is None:
            return order + [b for row in rows for b in row[1:] if not _holds(order, b)], False
        rows = [row[1:] if _key(row[0]) == _key(head) else row for row in rows]
    return order, True


def _order(base: Base) -> list[Base]:
    if isinstance(base, ClassValue):
        return list(base.mro)
    name = canonical(base.name)
    is_layer = name.startswith("torch.nn.") and name.count(".") == 2 and name[9].isupper() and name != _MODULE
    return [base, External(_MODULE)] if is_layer else [base]


def _key(base: Base) -> object:
    return canonical(base.name) if isinstance(base, External) else base


def _holds(row: Sequence[Base], base: Base) -> bool:
    return any(_key(other) == _key(base) for other in row)
