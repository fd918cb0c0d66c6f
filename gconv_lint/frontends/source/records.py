"""What the evaluator notes of every layer it sees made, and nothing more: most records are never looked at."""

from __future__ import annotations

import ast
from typing import Any

from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.values import NO_NAMES, ClassValue, External, Function, Module, Value
from gconv_lint.model.layers import ConvAttrs

#: Line and column, as ``ast`` counts them.
Position = tuple[int, int]


def start(node: Any) -> Position:
    """Where a node begins; it stays when a function is parsed again."""
    return node.lineno, node.col_offset


def end(node: Any) -> Position:
    """Where a node ends."""
    return node.end_lineno, node.end_col_offset


class Record:
    """A layer made by the call ``node``; ``attrs`` are the bound arguments of layers that are no convolutions."""

    __slots__ = (
        "attrs",
        "call",
        "class_name",
        "conv",
        "function",
        "given",
        "guarded",
        "in_module",
        "kind",
        "method",
        "module",
        "node",
        "owner",
        "starred",
        "target",
    )

    def __init__(self, kind: str, function: str, node: ast.AST, f: Frame, call: Call) -> None:
        self.kind = kind
        self.function = function
        self.node = node
        #: the name that the call's result is stored under
        self.target: str = getattr(node, "stored_as", "")
        self.module: Module = f.module
        self.call = call
        self.conv: ConvAttrs | None = None
        self.attrs: dict[str, Value] = {}
        self.given = NO_NAMES
        self.starred = False
        self.guarded = f.guards > 0
        running: Function | None = f.function
        self.owner: ClassValue | None = running.owner if running is not None else None
        self.method = running.code.name if running is not None else ""
        self.class_name = self.owner.name if self.owner is not None else ""
        self.in_module = _is_module(self.owner)

    @property
    def place(self) -> tuple[str, Position]:
        """The file and position of the call: its node may be another one each time its function is parsed."""
        return self.module.file.path, start(self.node)


def _is_module(owner: ClassValue | None) -> bool | None:
    """Whether a class is a module of torch; ``None`` where a base class is not known."""
    if owner is None:
        return False
    known = any(isinstance(base, External) and base.name.startswith("torch.nn.") for base in owner.mro)
    return True if known else (None if owner.open else False)
