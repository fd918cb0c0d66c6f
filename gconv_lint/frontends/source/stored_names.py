"""Tells the names under which code stores what it calls: attributes, variables, keys and the names of children."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from gconv_lint.frontends.source.words import last_word

_REGISTERS = frozenset({"add_module", "register_module"})
_CONV = re.compile(r"Conv[123]d")
#: Layers beside a convolution that hold none, whoever defines them; a ``ConvNormAct`` and an ``IdentityBlock`` may.
_SERVING = re.compile(
    r"^(?!.*(?:conv|block|extract|contract))"
    r".*(?:norm|act|re_?lu|elu|silu|swish|mish|sigmoid|tanh|drop|pool|pad|identity)",
    re.IGNORECASE,
)


def note(node: ast.AST) -> None:
    """Note on each call that a statement or an expression stores under a name, which name that is.

    So too on the one convolution of a literal ``Sequential``: the other layers there serve it.
    """
    for name, value in reversed([*stores(node)]):
        if isinstance(value, ast.Call):
            value.stored_as = name  # type: ignore[attr-defined]
            conv = _only_conv(value)
            if conv is not None:
                conv.stored_as = name  # type: ignore[attr-defined]


def stores(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names under which a statement or an expression stores values, with the values."""
    if isinstance(node, ast.Assign):
        yield from ((last_word(target), node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield last_word(node.target), node.value
    elif isinstance(node, ast.Dict):
        yield from _named(zip(node.keys, node.values))
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
        yield from _named([(node.elts[0], node.elts[1])])
    elif isinstance(node, ast.Call) and len(node.args) == 2 and last_word(node.func) in _REGISTERS:
        yield from _named([(node.args[0], node.args[1])])


def _named(pairs: Iterable[tuple[ast.expr | None, ast.expr]]) -> Iterator[tuple[str, ast.expr]]:
    for name, value in pairs:
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value, value


def _only_conv(call: ast.Call) -> ast.Call | None:
    """The one convolution among the layers of a ``Sequential`` that are all in sight."""
    layers = [layer for layer in call.args if isinstance(layer, ast.Call)]
    if last_word(call.func) != "Sequential" or len(layers) < len(call.args):
        return None
    convs = [layer for layer in layers if _CONV.search(last_word(layer.func))]
    others = [layer for layer in layers if layer not in convs]
    alone = len(convs) == 1 and all(_SERVING.search(last_word(layer.func)) for layer in others)
    return convs[0] if alone else None
