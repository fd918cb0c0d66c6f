"""The names under which code stores what it calls."""

from __future__ import annotations

import ast

import pytest

from gconv_lint.frontends.source.stored_names import note, stores


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("self.a = b = f()", ["a", "b"]),
        ("a: Layer = f()", ["a"]),
        ("a: Layer", []),
        ("self.add_module('a', f())", ["a"]),
        ("self.add_module(name, f())", []),
        ("table.update('a', f())", []),
        ("('a', f())", ["a"]),
        ("('a', f(), 1)", []),
        ("{'a': f(), b: f(), **c}", ["a"]),
    ],
)
def test_names_that_are_written_are_told(text: str, names: list[str]) -> None:
    (statement,) = ast.parse(text).body
    node = statement.value if isinstance(statement, ast.Expr) else statement
    assert [name for name, _ in stores(node)] == names


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ("nn.Conv2d(8, 8, 3), nn.ReLU()", ["a", None]),
        ("nn.Conv2d(8, 8, 3), nn.Conv2d(8, 8, 1)", [None, None]),
        ("norm_layer(8), nn.Conv2d(8, 8, 3), nn.GELU()", [None, "a", None]),
        ("nn.Conv2d(8, 8, 3), Mixer(8)", [None, None]),
        ("nn.Conv2d(8, 8, 1), ConvNormAct(8, groups=8)", [None, None]),
        ("nn.Conv2d(8, 8, 1), IdentityBlock(8)", [None, None]),
        ("nn.Conv2d(8, 8, 1), ContractingPath(8)", [None, None]),
        ("nn.Conv2d(8, 8, 3), *more", [None]),
    ],
)
def test_the_only_convolution_of_a_sequence_has_its_name(layers: str, names: list[str | None]) -> None:
    (statement,) = ast.parse(f"self.a = nn.Sequential({layers})").body
    assert isinstance(statement, ast.Assign)
    assert isinstance(statement.value, ast.Call)
    note(statement)
    calls = [layer for layer in statement.value.args if isinstance(layer, ast.Call)]
    assert [getattr(call, "stored_as", None) for call in calls] == names
