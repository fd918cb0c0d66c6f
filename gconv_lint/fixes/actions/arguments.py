"""Actions on the arguments of the flagged call: set one, leave one out, give some their names, round a quotient."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from gconv_lint.fixes.cases import Case, Draft, dotted
from gconv_lint.fixes.origins import Spot
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.model.fixes import Change

#: Names of numbers of groups: another name's number is not for a fix to change, it decides other things too.
_COUNTS = re.compile(r"group|cardinal|^g$", re.IGNORECASE)


def set_argument(case: Case) -> Draft | None:
    """Give ``argument`` the ``value``: a number is set where the number it replaces is written."""
    name, value = case.word("argument"), case.word("value")
    changes = [change_to(case, spot, case.positions, name, value) for spot in case.ways()]
    made = tuple(dict.fromkeys(change for change in changes if change is not None))
    return Draft(made) if made and None not in changes else None


def change_to(case: Case, spot: Spot, positions: Sequence[str], name: str, value: str) -> Change | None:
    """The change that gives an argument of a call a value."""
    passed = case.origins.argument(spot, positions, name)
    if passed is None and (name not in positions or _is_open(spot.node)):
        return None
    if passed is None or not value.isdecimal():
        position = positions.index(name) if name in positions else -1
        return spot.document.change(spot.node, "set_argument", name, str(position), value)
    written = case.origins.of(passed, _COUNTS.search)
    if written is None or not _is_number(written.node):
        return None
    return written.document.change(written.node, REPLACE, value)


def _is_open(call: ast.expr) -> bool:
    """Whether the call takes arguments that are not written in it."""
    assert isinstance(call, ast.Call)
    starred = any(isinstance(each, ast.Starred) for each in call.args)
    return starred or any(keyword.arg is None for keyword in call.keywords)


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is made of numbers alone."""
    return not any(isinstance(each, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) for each in ast.walk(node))


def remove_argument(case: Case) -> Draft | None:
    """Leave ``argument`` out of the call, which then takes the default."""
    spot, name = case.call, case.word("argument")
    passed = case.origins.argument(spot, case.positions, name) if spot is not None else None
    if spot is None or passed is None or not isinstance(spot.node, ast.Call):
        return None
    by_keyword = any(keyword.value is passed.node for keyword in spot.node.keywords)
    if not by_keyword and passed.node not in spot.node.args[-1:]:
        return None  # others behind it would move up
    return Draft([spot.document.change(spot.node, "remove_argument", name, case.position(name))])


def name_arguments(case: Case) -> Draft | None:
    """Pass the positional arguments from the place of ``from`` on by ``names``, as they were meant."""
    return _named(case, lambda values: case.word("names").split()[: len(values)])


def name_by_look(case: Case) -> Draft | None:
    """Pass the positional arguments from the place of ``from`` on by the parameters that they read like."""
    return _named(case, lambda values: [name for value in values if (name := _look(value))])


def _named(case: Case, choose: Callable[[Sequence[ast.expr]], list[str]]) -> Draft | None:
    spot, first = case.call, int(case.position(case.word("from")))
    if spot is None or first < 0 or not isinstance(spot.node, ast.Call):
        return None
    values = spot.node.args[first:]
    names = choose(values)
    if not names or len(names) != len(values) or len(set(names)) < len(names):
        return None
    return Draft([spot.document.change(spot.node, "name_arguments", str(first), *names)])


#: What a name that is passed has in it -> the parameter that it is meant for.
_LOOKS = {"dilat": "dilation", "rate": "dilation", "group": "groups", "cardinal": "groups", "bias": "bias"}


def _look(value: ast.expr) -> str:
    """The parameter that an argument reads like, by the last part of its name."""
    name = dotted(value).rpartition(".")[2].lower()
    if "output_pad" in name or "out_pad" in name:
        return "output_padding"
    return next((parameter for word, parameter in _LOOKS.items() if word in name), "groups" if name == "g" else "")


def floor_division(case: Case) -> Draft | None:
    """Round the quotients among ``arguments`` of the call, wherever they are written."""
    found = {change for spot in case.ways() for change in _divisions(case, spot)}
    return Draft(sorted(found)) if found else None


def _divisions(case: Case, spot: Spot) -> Iterator[Change]:
    for name in case.word("arguments").split():
        passed = case.origins.argument(spot, case.positions, name)
        written = case.origins.of(passed)
        if written is not None and _divides(written.node):
            yield written.document.change(written.node, "floor_division")


def _divides(node: ast.expr) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    return isinstance(node.op, ast.Div) or _divides(node.left) or _divides(node.right)
