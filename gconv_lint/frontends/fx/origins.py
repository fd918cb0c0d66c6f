"""Finds the call that made a part of a live model in the source text of the class that holds it."""

from __future__ import annotations

import ast
import inspect
import os
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from torch import nn

from gconv_lint.model.places import Place


class Made(NamedTuple):
    """A call in a file."""

    path: str
    node: ast.Call

    @property
    def place(self) -> Place:
        """Where the call stands; columns count characters of ASCII text."""
        end = self.node.end_lineno or self.node.lineno, self.node.end_col_offset or self.node.col_offset
        return Place(_shown(self.path), self.node.lineno, self.node.col_offset + 1, end[0], end[1] + 1)


def made_at(model: nn.Module, path: str) -> Place | None:
    """The call whose result became ``path``, ``None`` where the text does not tell of a single one."""
    found = _made(model, path)
    return found.place if found is not None else None


def _made(model: nn.Module, path: str) -> Made | None:
    if not path:
        return None
    outer, _, name = path.rpartition(".")
    owner = model.get_submodule(outer)
    if isinstance(owner, (nn.Sequential, nn.ModuleList)) and type(owner).__module__.startswith("torch."):
        container = _made(model, outer)
        item = _item(container.node, int(name)) if container is not None and name.isdecimal() else None
        return Made(container.path, item) if container is not None and item is not None else None
    return _assigned(type(owner), name)


def _item(container: ast.Call, index: int) -> ast.Call | None:
    """The call that makes an item of a container which is written out, or repeats one expression."""
    items: list[ast.expr] = list(container.args)
    if len(items) == 1:
        only = items[0].value if isinstance(items[0], ast.Starred) else items[0]
        if isinstance(only, (ast.ListComp, ast.GeneratorExp)):
            return only.elt if isinstance(only.elt, ast.Call) else None
        if isinstance(only, (ast.List, ast.Tuple)):
            items = only.elts
    if any(isinstance(item, ast.Starred) for item in items) or index >= len(items):
        return None
    found = items[index]
    return found if isinstance(found, ast.Call) else None


def _assigned(cls: type, name: str) -> Made | None:
    """The one call that a class, or the nearest base that has any, assigns to an attribute."""
    for each in cls.__mro__:
        if each.__module__.startswith("torch.") or each is object:
            return None
        path, node = _definition(each)
        values = list(_values(node, name)) if node is not None else []
        if values:
            return Made(path, values[0]) if len(values) == 1 and isinstance(values[0], ast.Call) else None
    return None


def _values(cls: ast.ClassDef, name: str) -> Iterator[ast.expr]:
    """What the methods of a class assign to ``self.name``."""
    for node in ast.walk(cls):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value: ast.expr | None = getattr(node, "value", None)
        for target in targets if value is not None else ():
            own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
            if own and getattr(target, "attr", "") == name and value is not None:
                yield value


@lru_cache(maxsize=256)
def _definition(cls: type) -> tuple[str, ast.ClassDef | None]:
    """The file of a class and its statement there."""
    try:
        path, line = inspect.getsourcefile(cls) or "", inspect.getsourcelines(cls)[1]
        with open(path, encoding="utf-8") as stream:
            tree = ast.parse(stream.read())
    except (OSError, TypeError, SyntaxError, ValueError):
        return "", None
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            if first == line:
                return path, node
    return path, None


def _shown(path: str) -> str:
    """The path relative to the current folder where it is below it."""
    near = os.path.relpath(path)
    return path if near.startswith(os.pardir) else near
