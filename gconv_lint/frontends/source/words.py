"""The word that a piece of code goes by, however it was imported."""

from __future__ import annotations

import ast


def last_word(node: ast.AST) -> str:
    """``d`` of ``d``, ``a.d``, ``d(1)`` and ``a.d(1)``; empty for what has no name."""
    target = node.func if isinstance(node, ast.Call) else node
    return getattr(target, "id", getattr(target, "attr", ""))
