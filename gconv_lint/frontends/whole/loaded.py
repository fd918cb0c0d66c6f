"""Modules that are loaded once and serve several runs: what one run changes in them is put back before the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.held import Snapshot
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Loaded:
    """An interpreter as it is now: modules are loaded, and nothing is built; some of them count, and all they use."""

    def __init__(self, interp: Interpreter, *names: str) -> None:
        #: steps that were left
        self.fuel = interp.fuel
        #: what is known to be missing from the start
        self.gaps = list(interp.gaps)
        self._interp, self._names = interp, names
        self._modules = dict(interp.modules.loaded)
        self._reached = interp.modules.reached(*names)
        self._held = Snapshot(_roots(interp, self._reached))
        #: layers that a module made belong to the run that loaded it
        self._is_pure = not interp.modules_of.watched.made

    @property
    def is_shareable(self) -> bool:
        """Whether another run cannot tell it from one of its own: what was reached since was looked at."""
        reached = self._interp.modules.reached(*self._names)
        inside = len(reached) == len(self._reached) or self._modules.keys().isdisjoint({*reached} - {*self._reached})
        return self._is_pure and self._held.is_whole and inside

    def again(self, seconds: float) -> Interpreter:
        """The interpreter for another run of some seconds, as it was then."""
        self._held.restore()
        if self._interp.modules.loaded != self._modules:
            self._interp.modules.loaded = dict(self._modules)
        self._interp.renew(seconds, self.gaps)
        return self._interp

    def is_of(self, interp: Interpreter, *names: str) -> bool:
        """Whether it is of some modules in an interpreter that loaded no more since."""
        return (interp, names) == (self._interp, self._names) and interp.modules.loaded.keys() == self._modules.keys()


def _roots(interp: Interpreter, names: Iterable[str]) -> Iterator[Value]:
    """Everything that code of some modules can reach, and what is noted of its changes."""
    yield from map(interp.modules.loaded.get, names)
    yield from (interp.modules.roots, interp.modules.first, interp.modules_of.classes, interp.modules_of.tensor_class)
    yield from (interp.patched, interp.environ, interp.exceptions, interp.builtins, interp.object, interp.outside)
