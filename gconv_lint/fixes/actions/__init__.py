"""What rules may name as the action of their fix: each turns a case into changes, or says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gconv_lint.fixes.actions import arguments, comments, joining, pointwise, removals, shuffles, views, weights
from gconv_lint.fixes.cases import Case, Draft

Action = Callable[[Case], Draft | None]

ACTIONS: Mapping[str, Action] = {
    "set-argument": arguments.set_argument,
    "at-least-one": arguments.at_least_one,
    "remove-argument": arguments.remove_argument,
    "name-arguments": arguments.name_arguments,
    "name-by-look": arguments.name_by_look,
    "floor-division": arguments.floor_division,
    "reshape": views.reshape,
    "repair-shuffle": views.repair_shuffle,
    "regroup-shuffle": views.regroup_shuffle,
    "fit-shuffle": shuffles.fit_shuffle,
    "insert-shuffle": joining.insert_shuffle,
    "insert-pointwise": pointwise.insert_pointwise,
    "drop-layer": removals.drop_layer,
    "divide-weight": weights.divide_weight,
    "trim-comment": comments.trim_comment,
    "check-division": weights.check_division,
}
