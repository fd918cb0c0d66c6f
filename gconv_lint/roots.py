"""The whole models that files build: found, followed from their text within a budget, and judged by the rules."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gconv_lint import channels
from gconv_lint.frontends.source.lookups import Key
from gconv_lint.frontends.whole import session
from gconv_lint.frontends.whole.candidates import Candidates, candidates
from gconv_lint.lint import Linter
from gconv_lint.memory import Memory
from gconv_lint.model.places import Place
from gconv_lint.model.report import Counts, Problem, Report
from gconv_lint.model.targets import Target
from gconv_lint.request import Request, Watch
from gconv_lint.root_findings import Root, gathered

if TYPE_CHECKING:
    from gconv_lint.cache import Cache

#: The state of a model that there was no time for.
UNREACHED = "unreached"
#: Wall-clock seconds that a single model may take.
MOST_SECONDS = 20.0
#: Facts that depend on the lengths of the input.
_SIZED = re.compile(r"\b(?:intensity|time_share)\b")
#: The number of a model, the report on it, and what on disk that rests on; ``None`` for one that was not reached.
Done = tuple[int, Report, dict[Key, str] | None]


def run(
    names: Sequence[str], request: Request, watch: Watch, *, budget: float, cache: Cache | None = None, jobs: int = 1
) -> Report:
    """What the active rules find in the whole models that some files build, and those that the settings list.

    ``budget`` is in CPU-seconds of all processes together.
    """
    names = [name for name in names if name.endswith(".py")]
    listed = request.settings.main.models
    texts: dict[str, Candidates] = {}

    def take(name: str, data: bytes) -> None:
        texts[name] = candidates(name, data)

    parts = (budget, [tuple(target) for target in listed])
    memory = cache.open(names, request, take, "roots", parts) if cache is not None else Memory(names, take)
    known = memory.whole()
    if known is not None:
        return known
    roots = list(_roots(texts, listed, request.settings.main.where))
    keys = [memory.root_key((tuple(root.target), root.listed)) for root in roots]
    reports = {number: report for number, key in enumerate(keys) if (report := memory.load(key)) is not None}
    waiting = [(number, root) for number, root in enumerate(roots) if number not in reports]
    for number, report, looked in _shared_out(waiting, request, budget, jobs, watch):
        reports[number] = report
        if looked is not None:
            memory.keep(keys[number], report, looked)
    report = gathered([(root, reports[number]) for number, root in enumerate(roots)], names)
    memory.store_whole(report)
    return report


def _roots(texts: dict[str, Candidates], listed: Sequence[Target], where: str) -> Iterator[Root]:
    """The models that a configuration lists, and the candidates of files, without those that others are made of."""
    taken = {_absolute(target.name, target.folder) for target in listed}
    for target in listed:
        path, _, _ = target.name.rpartition(":")
        file = os.path.relpath(os.path.join(target.folder, path)) if path.endswith(".py") else where
        yield Root(target._replace(folder=os.path.abspath(target.folder)), target.name, Place(file, 1, 1, 1, 1), True)
    parts = frozenset[str]().union(*(found.parts for found in texts.values()))
    for path, found in texts.items():
        for each in found.found:
            name = _absolute(f"{path}:{each.name}", "")
            if each.name not in parts and name not in taken:
                yield Root(Target(name), f"{path}:{each.group}", each.place)


def _absolute(name: str, folder: str) -> str:
    path, _, attribute = name.rpartition(":")
    return f"{os.path.abspath(os.path.join(folder, path))}:{attribute}" if path.endswith(".py") else name


def _shared_out(
    waiting: Sequence[tuple[int, Root]], request: Request, budget: float, jobs: int, watch: Watch
) -> Iterator[Done]:
    """Follow models in one process or in several, the models of one file in the same."""
    if jobs == 1 or len(waiting) < 2:
        yield from follow(waiting, request, budget, watch)
        return
    from gconv_lint.workers import Workers

    files = list(dict.fromkeys(root.place.path for _, root in waiting))
    pieces = [frozenset(files[start::jobs]) for start in range(min(jobs, len(files)))]
    with Workers(len(pieces)) as workers:
        answers = [
            workers.ask(_followed, [each for each in waiting if each[1].place.path in piece], request, budget / jobs)
            for piece in pieces
        ]
        for count, answer in enumerate(answers, 1):
            yield from answer.result()
            watch(count / len(answers))


def _followed(waiting: Sequence[tuple[int, Root]], request: Request, budget: float) -> list[Done]:
    return list(follow(waiting, request, budget, lambda _: None))


def follow(waiting: Sequence[tuple[int, Root]], request: Request, budget: float, watch: Watch) -> Iterator[Done]:
    """The report on each model; within the budget those come first that are least like the ones before."""
    judge = _Judge(request)
    ends = time.process_time() + budget
    dense: set[str] = set()
    grouped: set[str] = set()
    with session.Session(judge.dense).running() as running:
        for count, (number, root) in enumerate(_ordered(waiting, dense), 1):
            left = ends - time.process_time()
            rough = root.group not in grouped
            seen = running.see(root.target, min(MOST_SECONDS, left), rough) if left > 0 else None
            watch(count / len(waiting))
            if seen is None or (seen.state == session.PARTIAL and time.process_time() > ends):
                yield number, Report((), counts=Counts(roots={UNREACHED: 1})), None
                continue
            (dense if seen.state == session.DENSE else grouped).add(root.group)
            yield number, judge.report(root, seen), seen.looked


def _ordered(waiting: Sequence[tuple[int, Root]], dense: set[str]) -> Iterator[tuple[int, Root]]:
    """The first of each group, then the others, and last those of groups whose first one had nothing grouped."""
    groups: set[str] = set()
    later = []
    for each in waiting:
        if each[1].group in groups:
            later.append(each)
        else:
            groups.add(each[1].group)
            yield each
    yield from sorted(later, key=lambda each: each[1].group in dense)


class _Judge:
    """The rules of a run on whole models; ``dense`` says whether one is about models with nothing grouped, too."""

    def __init__(self, request: Request) -> None:
        self._linter = Linter(request)
        unsized = [rule for rule in request.rules if not _SIZED.search(rule.when)]
        self._without_sizes = Linter(request._replace(rules=unsized))
        active = request.settings.main.active
        self.dense = any(
            not channels.OF_DENSE.isdisjoint(rule.match) for rule in request.rules if rule.info.code in active
        )

    def report(self, root: Root, seen: session.Seen) -> Report:
        """What the rules find; a graph that something is missing from is judged by none."""
        counts = Counts(roots={seen.state: 1} if seen.state != session.NO_MODEL else {})
        program = seen.program
        if program is None:
            return Report((), counts=counts)
        linter = self._linter if seen.sized else self._without_sizes
        whole = program if not program.missed else program._replace(graphs=())
        outcome = linter.judged(whole, list(program.sources))
        findings = tuple(finding._replace(plans=()) for finding in outcome.findings)
        problems = outcome.skipped
        if root.listed and program.problem is not None and not findings:
            problem = program.problem
            told = Problem(problem.path or root.place.path, f"{root.name}: {problem.message}", problem.line)
            problems = (*problems, told)
        return Report(findings, problems, counts)
