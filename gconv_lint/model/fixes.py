"""How a finding can be mended: changes to source text, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from gconv_lint.model.places import Place


class Applicability(str, Enum):
    """Whether a fix may be applied unasked, as in ruff.

    ``SAFE``: the function computed stays equal, or only what raised before changes. ``UNSAFE``: what the program
    computes may change. ``DISPLAY``: it is shown and never applied, as it changes what others rely on.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


#: The actions that a recipe may name, with their arguments; those of ``OPTIONAL_ARGUMENTS`` may be left out.
ACTION_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "set-argument": ("argument", "value", "means"),
    "at-least-one": ("argument",),
    "remove-argument": ("argument",),
    "name-arguments": ("from", "names"),
    "name-by-look": ("from",),
    "floor-division": ("arguments",),
    "reshape": ("before",),
    "repair-shuffle": (),
    "regroup-shuffle": ("groups",),
    "fit-shuffle": ("channels", "groups"),
    "insert-shuffle": ("model", "path", "before", "layer", "groups", "joins", "fewer", "shuffled"),
    "insert-pointwise": ("class",),
    "drop-layer": (),
    "divide-weight": ("width", "channels", "transposed"),
    "trim-comment": ("unused",),
    "check-division": ("dividend", "divisor"),
}
#: ``means`` names the number that the text of a value stands for; a script has no ``class``.
OPTIONAL_ARGUMENTS = frozenset({"means", "class"})


class Recipe(NamedTuple):
    """What a rule says about its fix: the ``action`` that makes it, with its arguments, and how it reads.

    In a rule, arguments and title may have words in braces; in a finding these are filled in.
    """

    action: str
    arguments: Mapping[str, str]
    applicability: Applicability
    title: str


class Change(NamedTuple):
    """One range of a file, in characters from 0, and the ``operation`` of ``gconv_lint.fixes.rewriting`` on it.

    ``old`` is the text in the range: where a file says something else by now, the change does not apply.
    """

    place: Place
    start: int
    end: int
    old: str
    operation: str
    arguments: tuple[str, ...] = ()


class Edit(NamedTuple):
    """A range of a file, in characters from 0, and the text that replaces it."""

    place: Place
    start: int
    end: int
    text: str


def overlap(one: Change | Edit, other: Change | Edit) -> bool:
    """Whether two ranges of one file share a character, or one lies where the other ends: their order would matter."""
    return one.place.path == other.place.path and one.start <= other.end and other.start <= one.end


class Priced(NamedTuple):
    """A convolution: its groups, channels of a group, weights, and multiply-accumulates for one output position.

    What is inserted beside it is counted in. ``estimated_us`` are microseconds on the device of its price, where sizes
    are known. ``receptive_field`` is the fewest channels that an output depends on, of those that the
    row of convolutions in question reads; ``None`` where no graph tells.
    """

    groups: int
    group_width: int
    weights: int
    macs_per_position: int
    receptive_field: int | None = None
    estimated_us: float | None = None


class Price(NamedTuple):
    """A convolution before and after a fix; ``before`` is ``None`` where torch refuses it as it is."""

    before: Priced | None
    after: Priced
    #: the device that times are estimated for, empty where none is known
    device: str = ""


class Fix(NamedTuple):
    """Changes that mend one finding; they are applied together or not at all."""

    message: str
    applicability: Applicability
    changes: tuple[Change, ...]
    price: Price | None = None

    @property
    def paths(self) -> frozenset[str]:
        """The files that it changes."""
        return frozenset(change.place.path for change in self.changes)

    def applies(self, *, unsafe: bool) -> bool:
        """Whether it may be applied by a run that applies safe fixes, or unsafe ones too."""
        return self.applicability is Applicability.SAFE or (unsafe and self.applicability is Applicability.UNSAFE)


class Plan(NamedTuple):
    """What a fix is worked out from: a recipe with its words filled in, and how the flagged call was reached.

    ``function`` is the qualified name of the flagged constructor; ``callers`` holds the calls that lead to it, one
    row for each way, innermost first. ``everywhere`` says whether the rule holds for all that is made in the place.
    """

    recipe: Recipe
    function: str = ""
    callers: Sequence[tuple[Place, ...]] = ()
    everywhere: bool = True
