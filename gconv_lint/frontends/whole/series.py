"""Runs one target after the other from their text; those that would load the same modules share them."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate, zip_longest
from typing import NamedTuple

from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.project import module_name
from gconv_lint.frontends.whole.engine import Answer, Work
from gconv_lint.frontends.whole.loaded import Loaded
from gconv_lint.frontends.whole.values import Namespace
from gconv_lint.model.targets import Limits, Target

#: Frames of Python that one call of the program takes, at most, and room for what stands around it.
_FRAMES = 12_000
#: Objects that came since garbage was looked for, above which it is looked for again: some 50 MiB.
_MANY = 400_000


@contextmanager
def room() -> Iterator[None]:
    """Room for deep recursion; garbage is only looked for by ``tidy``."""
    before, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, _FRAMES))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        gc.unfreeze()
        if collecting:
            gc.enable()


def tidy() -> None:
    """Forget what nobody uses any more, if that may be much; what is left is not looked through again."""
    if gc.get_count()[0] > _MANY:
        gc.collect()
        gc.freeze()


def ask(targets: Sequence[Target], limits: Limits, search: Sequence[str] = ()) -> Iterator[Answer]:
    """What is seen of each target, none of whose code runs."""
    loaded: Loaded | None = None
    files: Mapping[str, SourceFile] = {}
    with room():
        for target, following in zip_longest(targets, targets[1:]):
            work = _again(loaded, target, limits, search) or _First(target, limits, search, following, files)
            yield work.answer()
            files = work.interp.modules.files
            loaded = work.loaded if isinstance(work, _First) else loaded
            if (
                loaded is None
                or following is None
                or not loaded.is_shareable
                or not _are_alike(target, following, work)
            ):
                loaded = None
                gc.unfreeze()


def _again(loaded: Loaded | None, target: Target, limits: Limits, search: Sequence[str]) -> Work | None:
    """A target on modules that are loaded already."""
    interp = loaded.again(limits.seconds) if loaded is not None else None
    tidy()
    if loaded is None or interp is None:
        return None
    interp.fuel = loaded.fuel  # what it takes does not depend on the targets before
    return Work(target, limits, search, interp)


class _First(Work):
    """A target whose modules may serve the one that follows."""

    def __init__(
        self,
        target: Target,
        limits: Limits,
        search: Sequence[str],
        following: Target | None,
        files: Mapping[str, SourceFile],
    ) -> None:
        super().__init__(target, limits, search)
        self.interp.modules.read_before = files
        self.loaded: Loaded | None = None
        self._following = following

    def _module(self, name: str) -> Namespace:
        found = super()._module(name)
        if self._following is not None and _are_alike(self.target, self._following, self):
            self.loaded = Loaded(self.interp, *self.interp.modules.loaded)
        return found


class _Way(NamedTuple):
    """Where imports of a target are looked for, and the modules that are loaded for it, one after the other."""

    folder: str
    root: str
    names: list[str]


def _way(target: Target) -> _Way:
    name = target.name.rpartition(":")[0]
    folder, root = os.path.abspath(target.folder or os.curdir), ""
    if name.endswith(".py") or "/" in name or os.sep in name:
        root, name, _ = module_name(os.path.join(folder, name))
    return _Way(folder, root, list(accumulate(name.split("."), "{}.{}".format)))


def _are_alike(target: Target, following: Target, work: Work) -> bool:
    """Whether the modules that are loaded for one target are just those that another one would load by itself."""
    here, there = _way(target), _way(following)
    return here[:2] == there[:2] and work.interp.modules.are_those_of(there.names)
