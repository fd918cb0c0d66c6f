"""The tensors among the arguments and results of ATen operations, which are tuples, lists and dictionaries of them.

torch's own functions for this know every container there is, and take as long as many an operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def leaves(tree: Any, kind: type[T]) -> Iterator[T]:
    """The values of a type, in their order."""
    if isinstance(tree, kind):
        yield tree
    elif isinstance(tree, (tuple, list)):
        for item in tree:
            yield from leaves(item, kind)
    elif isinstance(tree, dict):
        yield from leaves(list(tree.values()), kind)


def held(value: Any) -> list[Any]:
    """What an instance of a class holds, a data class among them; nothing for a class, a function and a module."""
    if isinstance(value, type) or callable(value):
        return []
    if is_dataclass(value):
        return [getattr(value, field.name, None) for field in fields(value)]
    return list(getattr(value, "__dict__", {}).values())


def replaced(tree: Any, kind: type[T], function: Callable[[T], Any]) -> Any:
    """The same with another value in place of each of a type."""
    if isinstance(tree, kind):
        return function(tree)
    if isinstance(tree, (tuple, list)):
        if isinstance(tree[0] if tree else 0, int) and all(type(item) is int for item in tree):
            return tree  # sizes
        return type(tree)([replaced(item, kind, function) for item in tree])
    if isinstance(tree, dict):
        return {name: replaced(item, kind, function) for name, item in tree.items()}
    return tree
