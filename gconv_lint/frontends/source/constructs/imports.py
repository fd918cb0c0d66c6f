"""Resolve names written in a module to the fully qualified names that its imports give them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import NamedTuple

#: What these names mean where a file (a notebook cell, a snippet) uses them without importing them.
CONVENTIONS = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional"}

_SAME_THINGS = (
    ("torch.nn.modules.conv.", "torch.nn."),
    ("torch.nn.modules.", "torch.nn."),
    ("torch.conv", "torch.nn.functional.conv"),
    ("torch.nn.parameter.", "torch.nn."),
)


def dotted(node: ast.AST | None) -> str:
    """The text ``a.b.c`` of a chain of attributes that starts at a name, else ``""``."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


class ImportedNames(NamedTuple):
    """The first part of each dotted name, mapped to what it stands for; ``stars`` are modules imported with ``*``."""

    aliases: Mapping[str, str]
    stars: tuple[str, ...] = ()
    defined: frozenset[str] = frozenset()

    def resolve(self, node: ast.AST | None) -> str:
        """The full name of a dotted expression (``F.conv2d`` is ``torch.nn.functional.conv2d``), else ``""``."""
        text = dotted(node)
        if not text:
            return ""
        head, dot, rest = text.partition(".")
        return canonical(self._head(head) + dot + rest)

    def _head(self, head: str) -> str:
        known = self.aliases.get(head)
        if known is not None:
            return known
        if head in self.defined:
            return head
        if self.stars and head not in CONVENTIONS:
            # Torch's own modules first: ``from .blocks import *`` beside ``from torch.nn import *`` tells nothing.
            return f"{min(self.stars, key=lambda star: not star.startswith('torch'))}.{head}"
        return CONVENTIONS.get(head, head)


def canonical(name: str) -> str:
    """One spelling for things that torch offers under several."""
    if name.startswith("torch."):
        for other, usual in _SAME_THINGS:
            if name.startswith(other):
                return usual + name[len(other) :]
    return name


def import_aliases(statement: ast.Import) -> Iterable[tuple[str, str]]:
    """The names that ``import a.b as c, d.e`` binds, with what they stand for."""
    for alias in statement.names:
        if alias.asname:
            yield alias.asname, alias.name
        else:
            head = alias.name.partition(".")[0]
            yield head, head


def from_aliases(statement: ast.ImportFrom) -> Iterable[tuple[str, str]]:
    """The names that ``from a.b import c as d`` binds; relative modules keep their dots, ``*`` binds ``*``."""
    module = "." * statement.level + (statement.module or "")
    for alias in statement.names:
        full = f"{module}.{alias.name}" if statement.module else module + alias.name
        yield (alias.asname or alias.name), (module if alias.name == "*" else full)
