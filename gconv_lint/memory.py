"""What a run may remember of earlier ones: here, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from gconv_lint.frontends.source.lookups import Key
from gconv_lint.frontends.source.reading import read_start
from gconv_lint.frontends.source.units import Scale
from gconv_lint.model.report import Report

Take = Callable[[str, bytes], None]


class Memory:
    """What is remembered of one run; this one remembers nothing."""

    def __init__(self, names: Sequence[str], take: Take) -> None:
        for name in names:
            try:
                take(name, read_start(name))
            except (OSError, ValueError):
                take(name, b"")

    def whole(self) -> Report | None:
        """The report on all files, if nothing has changed."""
        return None

    def key(self, _names: Sequence[str], _scale: Scale) -> str:
        """The name of a unit's record."""
        return ""

    def load(self, _key: str) -> Report | None:
        """The report on a unit, if nothing that it rests on has changed."""
        return None

    def store(self, key: str, names: Sequence[str], report: Report, looked: Mapping[Key, str]) -> None:
        """Remember the report on a unit of some files with what else it rests on."""

    def root_key(self, _parts: object) -> str:
        """The name of the record of one model, whatever the files are that it rests on."""
        return ""

    def keep(self, key: str, report: Report, looked: Mapping[Key, str]) -> None:
        """Remember the report on a model with all that it rests on."""

    def store_whole(self, report: Report) -> None:
        """Remember the report on all files."""

    def everything(self, _paths: Iterable[str]) -> dict[Key, str]:
        """What a verdict rests on that asks all files of the run, and the folders of some."""
        return {}
