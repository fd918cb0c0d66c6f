"""One finding as the actions that mend it see it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gconv_lint.fixes.documents import Document, Documents
from gconv_lint.fixes.origins import Origins
from gconv_lint.fixes.readers import Readers, Way
from gconv_lint.fixes.spots import Spot
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import integer
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Applicability, Change, Plan
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.signatures import SIGNATURES


class Unplaced(Exception):
    """There is no line of its own for a new statement."""


class Draft(NamedTuple):
    """What an action proposes; title and applicability where they differ from the recipe's.

    ``inserts`` says what is put in front of the flagged layer: a ``shuffle`` or a ``dense`` convolution; or that it
    gets ``fewer`` groups, behind a shuffle or as it stands.
    """

    changes: Sequence[Change]
    title: str = ""
    applicability: Applicability | None = None
    inserts: str = ""


class Case(NamedTuple):
    """A finding, one of its plans, the files of the run, who reads a number in them, and the graphs of all.

    ``apart`` are the ways of the other plans, where these need numbers of their own.
    """

    finding: Finding
    plan: Plan
    documents: Documents
    readers: Readers
    graphs: Sequence[LayerGraph] = ()
    apart: Sequence[Way] = ()

    def word(self, name: str, default: str = "") -> str:
        """An argument of the recipe."""
        return self.plan.recipe.arguments.get(name, default)

    @property
    def document(self) -> Document | None:
        """The file of the finding."""
        return self.documents.get(self.finding.place.path)

    @property
    def origins(self) -> Origins:
        """Follows values to where they are written."""
        return Origins(self.documents)

    @property
    def call(self) -> Spot | None:
        """The flagged call, whoever called it."""
        return next(iter(self.ways()), None)

    def ways(self) -> Iterator[Spot]:
        """The flagged call, once for each way that leads to it."""
        document = self.document
        call = document.call_at(self.finding.place) if document is not None else None
        if document is None or call is None:
            return
        for callers in self.plan.callers or [()]:
            yield Spot(document, call, callers)

    @property
    def positions(self) -> tuple[str, ...]:
        """The parameters of the flagged constructor, in order; none where it is not torch's own."""
        return SIGNATURES.get(self.plan.function or self._named, ((), 0))[0]

    @property
    def _named(self) -> str:
        """The constructor by the name that it is called under, for findings that do not say."""
        spot = self.call
        name = dotted(getattr(spot.node, "func", spot.node)).rpartition(".")[2] if spot is not None else ""
        functional = f"torch.nn.functional.{name}"
        return functional if functional in SIGNATURES else f"torch.nn.{name}"

    def sound(self, written: Spot) -> list[Way]:
        """The ways to build other layers that take their number from where it is ``written`` and are to keep it."""
        value = integer(written.node)
        return [*self.apart, *(self.readers.of(written, value) if value is not None else ())]

    def position(self, name: str) -> str:
        """Where the flagged constructor takes a parameter by position, ``-1`` for nowhere."""
        return position_in(self.positions, name)


def position_in(positions: Sequence[str], name: str) -> str:
    """Where one of these parameters is taken by position, ``-1`` for nowhere."""
    return str(positions.index(name)) if name in positions else "-1"


#: Functions that give the same again.
_PURE = frozenset(("int", "len", "max", "min", "round", "sum", "abs", "math.gcd", "gcd"))


def is_repeatable(node: ast.expr) -> bool:
    """Whether an expression may be written a second time: a call may do something, or give something else then."""
    return not any(
        isinstance(each, (ast.Starred, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom))
        or (isinstance(each, ast.Call) and dotted(each.func) not in _PURE)
        for each in ast.walk(node)
    )
