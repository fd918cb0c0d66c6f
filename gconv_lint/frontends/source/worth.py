"""Decides which ``forward`` methods are worth following: those in which grouped convolutions meet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gconv_lint.frontends.source import containers
from gconv_lint.frontends.source.parts import capable, is_dense_pointwise, is_grouped
from gconv_lint.frontends.source.values import ClassValue, Function, Instance

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: A block with more grouped convolutions than this is a whole network: its blocks are looked at one by one.
MAX_GROUPED = 6
_FUNCTIONAL = re.compile(r"\bconv(_transpose)?[123]d\(")
_FUNCTIONAL_WORDS = tuple(f"{kind}{rank}d(" for kind in ("conv", "_transpose") for rank in "123")


class Worth:
    """Remembers what it found out about classes and objects."""

    __slots__ = ("_grouped", "_shuffling", "_speaks", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self._speaks: dict[ClassValue, bool] = {}
        self._shuffling: dict[ClassValue, bool] = {}
        self._grouped: dict[Instance, int] = {}

    def is_worth_following(self, instance: Instance, forward: Function | None) -> bool:
        """Whether several grouped convolutions meet first in ``forward``, or in a Sequential that has none."""
        cls = instance.cls
        is_sequence = containers.SEQUENTIAL in containers.external_names(instance)
        if forward is None and not is_sequence:
            return False
        if self._meets(instance, is_sequence):
            return True
        if forward is None or not isinstance(cls, ClassValue):
            return False
        return self._functional(cls, forward) or (self._shuffles(cls, forward) and self._count(instance) > 0)

    def _meets(self, instance: Instance, is_sequence: bool) -> bool:
        """Whether grouped convolutions of several children meet here, or one meets what a literal Sequential holds."""
        parts = [v for v in instance.attrs.values() if isinstance(v, Instance)]
        counts = [self._count(v) for v in parts]
        total = sum(counts)
        if total > MAX_GROUPED:
            return False
        if is_sequence or self.ev.thorough or any(v.layer is not None and v.layer.kind == "shuffle" for v in parts):
            return any(map(is_grouped, parts)) or total >= 2
        # What a container holds meets in the forward of its owner; one child's own are looked at in the child's, but
        # may stand between dense pointwise convolutions of its owner.
        return total >= 2 and (
            max(counts) < total
            or any(n == total and containers.is_container(p) for n, p in zip(counts, parts))
            or sum(map(is_dense_pointwise, parts)) >= 2
        )

    def _count(self, instance: Instance) -> int:
        """Grouped convolutions that mix within their groups, at or below an instance."""
        known = self._grouped.get(instance)
        if known is None:
            self._grouped[instance] = 0
            known = capable(instance) + sum(self._count(v) for v in instance.attrs.values() if isinstance(v, Instance))
            self._grouped[instance] = known
        return known

    def _functional(self, cls: ClassValue, forward: Function) -> bool:
        """Whether ``forward``, or another method of the class, calls a functional convolution."""
        if cls not in self._speaks:
            places = ((cls.module.file, cls.node), (forward.module.file, forward.code.node))
            self._speaks[cls] = any(
                file.speaks(node, _FUNCTIONAL_WORDS) and _FUNCTIONAL.search(file.segment(node)) for file, node in places
            )
        return self._speaks[cls]

    def _shuffles(self, cls: ClassValue, forward: Function) -> bool:
        """Whether ``forward`` calls what it names a shuffle: it may not fit what it gets."""
        if cls not in self._shuffling:
            self._shuffling[cls] = forward.module.file.speaks(forward.code.node, ("shuffle(",))
        return self._shuffling[cls]
