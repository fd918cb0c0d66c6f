"""Actions on classes that make their weights by hand: divide the right dimension, check that it divides."""

from __future__ import annotations

import ast

from gconv_lint.fixes.cases import Case, Draft, Unplaced
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import INSERT, REPLACE
from gconv_lint.fixes.spots import assignments, names_of
from gconv_lint.frontends.source.constructs.imports import dotted


def divide_weight(case: Case) -> Draft | None:
    """Divide the second dimension of the weight that the flagged functional convolution uses by its groups.

    Only where that dimension is all input channels: otherwise another number is wrong.
    """
    spot = case.call
    if spot is None or case.word("transposed") == "True" or case.word("width") != case.word("channels"):
        return None
    weight = case.origins.argument(spot, case.positions, "weight")
    groups = case.origins.argument(spot, case.positions, "groups")
    made = case.origins.of(weight)
    if weight is None or groups is None or made is None or made.document is not spot.document:
        return None
    shape = _shape(made.node)
    text = spot.document.source(groups.node)
    if shape is None or not _known_at(spot.document, made.node, text):
        return None
    old = spot.document.source(shape[1])
    inside = old if isinstance(shape[1], (ast.Name, ast.Constant, ast.Attribute)) else f"({old})"
    return Draft([spot.document.change(shape[1], REPLACE, f"{inside} // {text}")])


def _shape(node: ast.expr) -> list[ast.expr] | None:
    """The sizes that a parameter is made with: ``nn.Parameter(torch.randn(8, 4, 3, 3))``."""
    if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "Parameter" and node.args:
        node = node.args[0]
    while isinstance(node, ast.BinOp):  # scaled: torch.randn(...) * 0.1
        node = node.left if isinstance(node.left, (ast.Call, ast.BinOp)) else node.right
    if not isinstance(node, ast.Call) or any(isinstance(each, ast.Starred) for each in node.args):
        return None
    sizes = node.args[0].elts if len(node.args) == 1 and isinstance(node.args[0], (ast.Tuple, ast.List)) else node.args
    return sizes if len(sizes) > 2 else None


def _known_at(document: Document, node: ast.expr, text: str) -> bool:
    """Whether the expression ``text`` means the same in the function that makes the weight."""
    if text.isdecimal():
        return True
    function = document.function_of(node)
    if function is None:
        return False
    start, _ = document.span(node)
    names = names_of(function)
    before = {dotted(target) for target, value in assignments(function) if document.span(target)[0] < start}
    return text in before or (text in names and text.isidentifier())


def check_division(case: Case) -> Draft | None:
    """Raise ValueError in front of the flagged weight where the division has a remainder."""
    spot = case.call
    if spot is None:
        return None
    document = spot.document
    statement = document.statement_of(spot.node)
    function = document.function_of(spot.node)
    if statement is None or function is None or statement not in function.body:
        return None
    indent = document.indent(statement)
    if indent is None:
        raise Unplaced
    above, below = case.word("dividend"), case.word("divisor")
    step = "\t" if "\t" in indent else "    "
    sentence = f"{below} does not divide {above}".replace("\\", "").replace('"', "'")
    lines = (f"if {_operand(above)} % {_operand(below)}:", f'{step}raise ValueError("{sentence}")')
    start, _ = document.span(statement)
    text = "".join(f"{line}{document.newline}{indent}" for line in lines)
    return Draft([document.change_range(start, start, INSERT, text)])


def _operand(text: str) -> str:
    return text if text.replace(".", "").replace("_", "").isalnum() else f"({text})"
