"""Modules that are loaded once and serve several runs: what one run changes in them is put back before the next."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.held import Snapshot
from gconv_lint.frontends.whole.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Loaded:
    """An interpreter as it is now: modules are loaded, and nothing is built."""

    def __init__(self, interp: Interpreter) -> None:
        #: steps that were left
        self.fuel = interp.fuel
        self._interp = interp
        #: what is known to be missing from the start
        self.gaps = list(interp.gaps)
        self._names = set(interp.modules.loaded)
        self._held = Snapshot(_roots(interp))
        #: whether a run cannot tell it from one of its own: layers that a module made belong to the run that loaded it
        self.is_shareable = self._held.is_whole and not interp.modules_of.watched.made
        gc.freeze()  # it stays for long, and need not be looked through again and again

    def again(self, seconds: float) -> Interpreter:
        """The interpreter for another run of some seconds, as it was then."""
        self._held.restore()
        self._interp.renew(seconds, self.gaps)
        return self._interp

    def is_of(self, interp: Interpreter) -> bool:
        """Whether it is of an interpreter that loaded no more modules since."""
        return interp is self._interp and interp.modules.loaded.keys() == self._names


def _roots(interp: Interpreter) -> Iterator[Value]:
    """Everything that code under test can reach, and what is noted of its changes."""
    yield from (interp.modules.loaded, interp.modules.roots, interp.modules.first, interp.modules_of.classes)
    yield from (interp.patched, interp.environ, interp.exceptions, interp.builtins, interp.object, interp.outside)
    yield interp.modules_of.tensor_class
