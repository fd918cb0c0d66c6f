"""Evaluates the units of a run that nobody remembers, in this process or in several."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import partial

from gconv_lint.frontends.source import linked, scan_files
from gconv_lint.frontends.source.units import Scale, Unit
from gconv_lint.lint import Evaluated, Linter
from gconv_lint.memory import Memory
from gconv_lint.model.constructs import Construct
from gconv_lint.model.report import Report
from gconv_lint.request import Request, Watch
from gconv_lint.texts import Texts

#: A construct that only all files of a run say everything about.
_OPEN = "shuffle_function"
#: Bytes of files worth parsing in a piece of scanning that is given to another process.
PIECE = 400_000
#: So many pieces of a single unit are worth the processes that scan them while one evaluates it.
MANY_PIECES = 10
#: A unit that has to be evaluated, and the name of the record that its report gets.
Job = tuple[Unit, str]
Done = tuple[Job, Evaluated, Sequence[Construct]]


class Work:
    """What one run shares: all its files, and where reports are remembered."""

    def __init__(
        self,
        names: Sequence[str],
        request: Request,
        scale: Scale,
        memory: Memory,
        jobs: int,
        idle: Container[str] = (),
    ) -> None:
        self._names = names
        self._idle = idle
        self._linter = Linter(request)
        self._scale = scale
        self._memory = memory
        self._jobs = jobs

    def done(self, waiting: Sequence[Job], watch: Watch) -> Iterator[Report]:
        """The report on each unit, which is remembered too."""
        total = sum(unit.size for unit, _ in waiting)
        apart = self._jobs > 1 and total > PIECE * (1 if len(waiting) > 1 else MANY_PIECES)
        for (_, key), found, constructs in self._shared_out(waiting, watch) if apart else self._alone(waiting, watch):
            pending = [c.place.path for c in constructs if c.kind == _OPEN and not c.values["exported"]]
            everything = linked(constructs, self._names) if pending else constructs
            report = self._linter.finish(found, everything, Texts(found.names))
            rests_on = self._memory.everything(pending) if pending else {}
            self._memory.store(key, found.names, report, {**found.lookups, **rests_on})
            yield report

    def _alone(self, waiting: Sequence[Job], watch: Watch) -> Iterator[Done]:
        total = sum(unit.size for unit, _ in waiting) or 1
        before = 0
        for job in waiting:
            unit, _ = job
            found = self._linter.evaluate(
                unit.names, self._scale, partial(_part, watch, before / total, unit.size / total), idle=self._idle
            )
            before += unit.size
            yield job, found, found.constructs

    def _shared_out(self, waiting: Sequence[Job], watch: Watch) -> Iterator[Done]:
        """Large units are evaluated by one process while others look at their text; the largest come first."""
        from gconv_lint.workers import Workers

        total = sum(unit.size for unit, _ in waiting)
        apart = [unit.size > total / self._jobs / 2 for unit, _ in waiting]
        with Workers(self._jobs) as workers:
            evaluated = [
                workers.ask(self._linter.evaluate, unit.names, self._scale, scanning=not alone)
                for (unit, _), alone in zip(waiting, apart, strict=True)
            ]
            scanned = [
                [workers.ask(scan_files, piece, self._scale) for piece in _pieces(unit)] if alone else []
                for (unit, _), alone in zip(waiting, apart, strict=True)
            ]
            before = 0
            for job, answer, pieces in zip(waiting, evaluated, scanned, strict=True):
                found = answer.result()
                before += job[0].size
                watch(before / total)
                yield job, found, [*found.constructs, *(c for piece in pieces for c in piece.result())]


def _part(watch: Watch, start: float, share: float, done: float) -> None:
    watch(start + share * done)


def _pieces(unit: Unit) -> Iterator[tuple[str, ...]]:
    """The files of a unit in parts of a like size."""
    count = max(1, min(len(unit.names), unit.size // PIECE))
    step = -(-len(unit.names) // count)
    for start in range(0, len(unit.names), step):
        yield unit.names[start : start + step]
