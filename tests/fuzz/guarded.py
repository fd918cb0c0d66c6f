"""Lints mangled files in a process that notes every crash, every hang and everything that looks like running code.

``python -m tests.fuzz.guarded SEED FIRST COUNT FOLDER ...`` prints the outcome of each as a line of JSON.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import resource
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from gconv_lint import api, rulebook
from gconv_lint.config import Config
from gconv_lint.fixes.rewriting import edits
from gconv_lint.mend import mend
from gconv_lint.model.report import Report
from gconv_lint.reporters import render
from tests.fuzz.mangling import mangled

ROOT = Path(__file__).resolve().parent.parent.parent
#: CPU seconds that one file may take, and bytes of memory that the process may.
LIMIT, MEMORY = 60, 4 << 30
#: A file of a package stands in it, with all that it imports, once in so many; else it is alone.
AT_HOME = 10
#: Words of files that are worth evaluating.
RELEVANT = (b"groups", b"Conv")
#: Of so many mangled files one is taken as it comes; others are mangled again until Python can parse them, if it can.
AS_IT_COMES, TRIES = 3, 12
_FORMATS = ("full", "json", "sarif")
_FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.fork", "os.spawn", "subprocess.Popen", "socket.connect")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Outcome(NamedTuple):
    """What became of one mangled file: ``fault`` is empty where nothing is wrong."""

    number: int
    path: str
    fault: str
    seconds: float
    parsed: bool
    findings: int


class Guard:
    """Hears of what Python does, by its audit events, while it is ``watching``."""

    def __init__(self) -> None:
        self.watching = False
        self.seen: list[str] = []
        libraries = [path for path in sys.path if os.path.isdir(path) and Path(path).resolve() != ROOT]
        ours = [ROOT / "gconv_lint", ROOT / "tests", sys.prefix, sys.base_prefix, *libraries]
        self._ours = tuple(os.path.join(os.path.realpath(path), "") for path in ours)
        sys.addaudithook(self._hear)

    def _hear(self, event: str, details: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        if event in _FORBIDDEN or (event == "exec" and not self._is_ours(details[0])) or _writes(event, details):
            self.seen.append(f"{event} {details!r:.200}")

    def _is_ours(self, code: Any) -> bool:
        """Whether code is a module of ours or of a library, which is imported late, or was made by one."""
        name = getattr(code, "co_filename", "")
        return name.startswith(("<frozen ", "<string>")) or os.path.realpath(name).startswith(self._ours)


def _writes(event: str, details: tuple[Any, ...]) -> bool:
    return event == "open" and isinstance(details[2], int) and bool(details[2] & _WRITING)


def _too_slow(*_: object) -> None:
    raise TimeoutError(f"more than {LIMIT} s of CPU time")


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def corpus(folders: Sequence[str]) -> list[Path]:
    """The files that speak of groups and convolutions, in an order that is always the same."""
    found = (path for folder in folders for path in sorted(Path(folder).rglob("*.py")))
    return [path for path in found if all(word in path.read_bytes() for word in RELEVANT)]


def mutant(files: Sequence[Path], seed: int, number: int, trace: str) -> tuple[str, bytes]:
    """The name and the bytes of one mangled file: each file in turn."""
    random = Random(f"{seed} {number}")
    path = files[number % len(files)]
    for _ in range(TRIES if random.randrange(AS_IT_COMES) else 1):
        data = mangled(path.read_bytes(), random, random.choice(files).read_bytes(), trace)
        if _parses(data):
            break
    return (str(path) if random.randrange(AT_HOME) == 0 else path.name), data


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def lint(name: str, data: bytes, settings: Config) -> Report:
    """Everything that a run may do with a file, but writing."""

    def check(unsaved: Any) -> Report:
        return api.check([], settings, stdin=(name, unsaved[name]), unsaved=unsaved)

    report = check({name: data})
    for output_format in _FORMATS:
        render(report, output_format)
    if any(finding.fix is not None and edits(finding.fix) for finding in report.findings):
        mend(check, settings, {name: data}, lambda each: each)
    return report


def _fault(report: Report) -> str:
    return next((problem.message for problem in report.problems if " is skipped: " in problem.message), "")


def outcomes(folders: Sequence[str], seed: int, numbers: Sequence[int], trace: str) -> Iterator[Outcome]:
    """Lint mangled files one by one."""
    files, guard, settings = corpus(folders), Guard(), _settings()
    lint("warm.py", files[0].read_bytes(), settings)
    signal.signal(signal.SIGVTALRM, _too_slow)
    for number in numbers:
        name, data = mutant(files, seed, number, trace)
        started, fault, report = time.process_time(), "", Report(())
        guard.watching = True
        try:
            with _limited():
                report = lint(name, data, settings)
            fault = _fault(report)
        except BaseException:
            fault = traceback.format_exc()
        guard.watching = False
        if guard.seen or os.path.exists(trace):
            fault = f"code was run: {guard.seen} {fault}"
            guard.seen.clear()
            Path(trace).unlink(missing_ok=True)
        seconds = time.process_time() - started
        yield Outcome(number, name, fault, seconds, bool(report.counts.parsed), len(report.findings))


def _settings() -> Config:
    """All rules, and the fixes that are not safe too."""
    rules = rulebook.rules()
    config = Config(frozenset(rule.info.code for rule in rules))
    return config._replace(fixing=config.fixing._replace(unsafe=True))


def main() -> None:
    """Print the outcome of each mangled file of a range."""
    seed, first, count = map(int, sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")  # of literals in what is mangled
    trace = os.path.abspath(f"trace-{os.getpid()}")
    for outcome in outcomes(sys.argv[4:], seed, range(first, first + count), trace):
        print(json.dumps(outcome._asdict()), flush=True)


if __name__ == "__main__":
    main()
