"""Actions on the arguments of the flagged call: set one, leave one out, give some their names, round a quotient."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gconv_lint.fixes import flows, layers, uses
from gconv_lint.fixes.actions import numbers
from gconv_lint.fixes.cases import Case, Draft, is_repeatable, position_in
from gconv_lint.fixes.rewriting import REPLACE
from gconv_lint.fixes.spots import Spot, assignments, parameters
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import has_stars
from gconv_lint.model.fixes import Applicability, Change
from gconv_lint.model.signatures import SIGNATURES

#: Names of numbers of groups: another name's number is not for a fix to change, it decides other things too.
COUNTS = re.compile(r"group|cardinal|^g$", re.IGNORECASE)

_TRUTHS = ("True", "False")
#: Longer expressions are not quoted in a title.
MAX_TEXT = 60


def set_argument(case: Case) -> Draft | None:
    """Give ``argument`` the ``value``: a number is set where the number it replaces is written."""
    name, value = case.word("argument"), case.word("value")
    if value in _TRUTHS and not layers.is_normed_here(case.plan, case.call):
        return None
    changes = [change_to(case, spot, case.positions, name, value) for spot in case.ways()]
    made = tuple(dict.fromkeys(change for change in changes if change is not None))
    if not made or None in changes:
        return _shown(case, name, value)
    if any(change.operation == "remove_argument" for change in made):
        return Draft(made, "Leave groups out: a pointwise convolution mixes its channels")
    return Draft(made, case.plan.recipe.title + DENSE if (name, value) == ("groups", "1") else "")


#: What a title says of the number that leaves nothing grouped.
DENSE = "; one group makes it dense"
#: What a title says of a number that is not changed unasked, in front of the place where it is written.
SHARED = "; layers that are right read the same number, written"
COMPUTED = "; other code computes with the number, which is written"
DECIDED = "; it comes from `{}`"


def _shown(case: Case, name: str, value: str) -> Draft | None:
    """The number changed where others read it as well, or what decides it replaced: to be seen, not to be done."""
    if case.apart:
        return None
    changes = [change_to(case, spot, case.positions, name, value, alone=False) for spot in case.ways()]
    made = tuple(dict.fromkeys(change for change in changes if change is not None))
    if not made or None in changes:
        return _decided(case, name, value) if value.isdecimal() else None
    place = made[0].place
    why = SHARED if any(case.sound(spot) for spot in _written(case, name)) else COMPUTED
    return Draft(made, f"{case.plan.recipe.title}{why} at {place.source}:{place.line}", Applicability.DISPLAY)


def _written(case: Case, name: str) -> Iterator[Spot]:
    """Where the number of each way is written."""
    for spot in case.ways():
        written = case.origins.of(case.origins.argument(spot, case.positions, name), known=_known(case, spot, name))
        if written is not None:
            yield written


def _decided(case: Case, name: str, value: str) -> Draft | None:
    """The expression of the call replaced by the number, and what that comes from."""
    spot = case.call
    passed = None if spot is None else case.origins.argument(spot, case.positions, name)
    if spot is None or passed is None or spot.node not in passed.document.around(passed.node):
        return None
    last = case.origins.trail(passed, known=_known(case, spot, name)).spots[-1]
    place = last.document.place(*last.document.span(last.node))
    text = " ".join(last.document.source(last.node).split())
    where = "" if last.node is passed.node else f" at {place.source}:{place.line}"
    change = spot.document.change(passed.node, REPLACE, value)
    title = case.plan.recipe.title + DECIDED.format(text) + where
    return Draft([change], title, Applicability.DISPLAY) if len(text) <= MAX_TEXT else None


def change_to(
    case: Case, spot: Spot, positions: Sequence[str], name: str, value: str, *, alone: bool = True
) -> Change | None:
    """The change that gives an argument of a call a value, if ``alone`` of that call and not of sound layers."""
    passed = case.origins.argument(spot, positions, name)
    assert isinstance(spot.node, ast.Call)
    if passed is None and (name not in positions or has_stars(spot.node) or not _is_repeatable(value)):
        return None
    if passed is None or not (value.isdecimal() or value in _TRUTHS):
        return spot.document.change(spot.node, "set_argument", name, position_in(positions, name), value)
    trail = case.origins.trail(passed, lambda word: name in word or COUNTS.search(word), _known(case, spot, name))
    written = trail.spots[-1]
    if not trail.found or not _is_number(written.node):
        return _dense(case, spot) if name == "groups" else None
    if value in _TRUTHS and isinstance(written.document.parents[written.node], ast.arguments):
        return None  # a default, for other calls too
    if alone and value.isdecimal() and (sound := case.sound(written)):
        return numbers.passed(case, spot, positions, name, value, sound)
    if alone and any(uses.is_computed_with(each.document, word) for word in trail.held for each in trail.spots):
        return None
    return written.document.change(written.node, REPLACE, value)


def _known(case: Case, spot: Spot, name: str) -> frozenset[object]:
    """The numbers that an argument has in the layers that a call makes: those that torch refuses, if any."""
    place = spot.document.place(*spot.document.span(spot.node))
    return frozenset(value for value in case.readers.wrong(place, name) if type(value) is int)


def _dense(case: Case, spot: Spot) -> Change | None:
    """Leave groups out where a pointwise convolution is given its input channels as groups: it was to mix them."""
    facts, positions, groups, width = case.finding.facts, case.positions, "groups", "in_channels"
    if facts.get("kernel_size") not in (1, (1,), (1, 1), (1, 1, 1)) or facts.get("groups") != facts.get("in_channels"):
        return None
    here: Spot | None = spot
    while here is not None:
        given, wide = (case.origins.argument(here, positions, name) for name in (groups, width))
        if given is None or wide is None or not isinstance(given.node, ast.Name) or not isinstance(wide.node, ast.Name):
            return None
        document = given.document
        keyword, function = document.parents[given.node], document.function_of(given.node)
        if given.node.id == wide.node.id and isinstance(keyword, ast.keyword) and keyword.arg:
            return document.change(document.parents[keyword], "remove_argument", keyword.arg, "-1")
        if function is None:
            return None
        groups, width, positions = given.node.id, wide.node.id, tuple(parameters(function))
        here = case.origins.caller(given)
    return None


def _is_repeatable(value: str) -> bool:
    try:
        return is_repeatable(ast.parse(value, mode="eval").body)
    except (SyntaxError, ValueError):
        return False


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is made of numbers alone."""
    return not any(isinstance(each, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) for each in ast.walk(node))


def at_least_one(case: Case) -> Draft | None:
    """Round ``argument`` up to 1: in the call, or where the quotient that its name stands for is written."""
    name = case.word("argument")
    changes, applicability = [], Applicability.SAFE
    for spot in case.ways():
        passed = case.origins.argument(spot, case.positions, name)
        if passed is None:
            return None
        written = case.origins.of(passed, COUNTS.search)
        if written is None or _is_number(written.node):
            written = passed
        elif written.node is not passed.node:
            applicability = Applicability.UNSAFE  # other code may read the name
        changes.append(
            written.document.change(written.node, REPLACE, f"max(1, {written.document.source(written.node)})")
        )
    made = tuple(dict.fromkeys(changes))
    return Draft(made, f"Write {made[0].arguments[0]}", applicability) if made else None


def remove_argument(case: Case) -> Draft | None:
    """Leave ``argument`` out of the call, which then takes the default."""
    spot, name = case.call, case.word("argument")
    passed = case.origins.argument(spot, case.positions, name) if spot is not None else None
    if spot is None or passed is None or not isinstance(spot.node, ast.Call):
        return None
    if not _is_constructor(case, spot):
        return None  # a partial, or a class of its own, may have another default
    by_keyword = any(keyword.value is passed.node for keyword in spot.node.keywords)
    if not by_keyword and passed.node not in spot.node.args[-1:]:
        return None  # others behind it would move up
    width = case.origins.argument(spot, case.positions, "in_channels")
    if not _is_number(passed.node) and (width is None or ast.dump(width.node) != ast.dump(passed.node)):
        return None  # another caller may pass another number
    return Draft([spot.document.change(spot.node, "remove_argument", name, case.position(name))])


def _is_constructor(case: Case, spot: Spot) -> bool:
    """Whether a call names torch's constructor itself."""
    assert isinstance(spot.node, ast.Call)
    name = dotted(spot.node.func)
    known = case.plan.function.rpartition(".")[2] or name.rpartition(".")[2]
    if f"torch.nn.{known}" not in SIGNATURES or name.rpartition(".")[2] != known:
        return False
    return not any(dotted(target) == name for target, _ in assignments(spot.document.tree))


def name_arguments(case: Case) -> Draft | None:
    """Pass the positional arguments from the place of ``from`` on by ``names``, as they were meant."""
    spot, first = _positional(case)
    names = case.word("names").split()[: len(spot.node.args) - first] if spot is not None else []
    return _named(case, spot, first, names)


def name_by_look(case: Case) -> Draft | None:
    """Pass the positional arguments from the place of ``from`` on by the parameters that they read like.

    Those in front that read like nothing stay where they are. It is safe where all that change places are always 1.
    """
    spot, first = _positional(case)
    if spot is None:
        return None
    looks = [_look(value) for value in spot.node.args[first:]]
    skipped = next((number for number, look in enumerate(looks) if look), 0)
    if set(case.positions[first : first + skipped]) & set(looks):
        return None
    return _named(case, spot, first + skipped, looks[skipped:])


def _positional(case: Case) -> tuple[Any, int]:
    """The flagged call, and where it takes ``from``; ``None`` where it takes it by keyword only."""
    spot, first = case.call, int(case.position(case.word("from")))
    return (spot, first) if spot is not None and first >= 0 and isinstance(spot.node, ast.Call) else (None, 0)


def _named(case: Case, spot: Spot | None, first: int, names: Sequence[str]) -> Draft | None:
    values = spot.node.args[first:] if spot is not None and isinstance(spot.node, ast.Call) else []
    if spot is None or not all(names) or not names or len(names) != len(values) or len(set(names)) < len(names):
        return None
    pairs = zip(case.positions[first:], names, values, strict=False)
    moved = [(old, new, each) for old, new, each in pairs if old != new]
    slots, meant = {old for old, _, _ in moved}, {new for _, new, _ in moved}
    same = slots == meant and all(_is_one(case, each) for *_, each in moved)
    change = spot.document.change(spot.node, "name_arguments", str(first), *names)
    return Draft([change], applicability=Applicability.SAFE if same else None)


def _is_one(case: Case, value: ast.expr) -> bool:
    """Whether an expression is 1 whoever calls: it is written so, and not as a default."""
    spot = case.call
    written = None if spot is None else case.origins.of(spot._replace(node=value, callers=()))
    if written is None or isinstance(written.document.parents[written.node], ast.arguments):
        return False
    return isinstance(written.node, ast.Constant) and written.node.value == 1 and written.node.value is not True


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
    """The quotient that an argument is; else those among all that its value may be made of."""
    for name in case.word("arguments").split():
        passed = case.origins.argument(spot, case.positions, name)
        written = case.origins.of(passed, known=())
        if written is not None and _divides(written.node):
            yield written.document.change(written.node, "floor_division")
        elif passed is not None:
            for part in flows.parts(case.origins, passed):
                if _divides(part.node):
                    yield part.document.change(part.node, "floor_division")


def _divides(node: ast.expr) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    return isinstance(node.op, ast.Div) or _divides(node.left) or _divides(node.right)
