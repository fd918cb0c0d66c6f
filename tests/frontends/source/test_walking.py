"""Walks give what ``ast.walk`` gives, in its order."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gconv_lint.frontends.source import bodies
from gconv_lint.frontends.source.walking import walk

HERE = Path(__file__)


@pytest.mark.parametrize("path", [HERE, HERE.with_name("test_bodies.py"), Path(bodies.__file__)], ids=lambda p: p.name)
def test_walk_gives_every_node_but_contexts(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert list(walk(tree)) == [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
