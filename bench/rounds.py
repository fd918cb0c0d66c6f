"""Has the programs of ``programs.py`` fixed and runs them: what became of the fault of each."""

from __future__ import annotations

import io
import json
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from bench.programs import Program, programs
from bench.tables import table
from gconv_lint import cli

RUNS = ""
#: The share of what is reported that has to be repaired.
SHARE = 0.9


class Ending(NamedTuple):
    """What became of a program: ``why`` is empty where it is repaired, ``broken`` says that it ran before only."""

    program: Program
    reported: bool
    fixable: bool = False
    broken: bool = False
    why: str = ""


def endings(folder: Path) -> Iterator[Ending]:
    """Fix and run each program, in a folder of its own."""
    for number, program in enumerate(programs()):
        place = folder / f"program{number}"
        place.mkdir()
        with chdir(place), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield ending(program)


def ending(program: Program) -> Ending:
    """Fix and run a program in the current folder."""
    path = Path("net.py")
    path.write_text(program.text, encoding="utf-8")
    before = _found(program)
    if not before[program.code]:
        return Ending(program, reported=False)
    ran = _run(program.text)
    _found(program, "--fix", "--unsafe-fixes")
    text = path.read_text(encoding="utf-8")
    if text == program.text:
        return Ending(program, reported=True, why="no fix")
    after, raised = _found(program), _run(text)
    _found(program, "--fix", "--unsafe-fixes")
    if raised:
        why = raised
    elif after:
        why = f"left: {', '.join(sorted(after))}"
    else:
        why = "" if path.read_text(encoding="utf-8") == text else "a second run changes it again"
    return Ending(program, reported=True, fixable=True, broken=bool(raised) and ran == RUNS, why=why)


def _found(program: Program, *flags: str) -> Counter[str]:
    """The codes that are found by the rules that are on by default and the one in question."""
    words = ["net.py", "--isolated", "--no-cache", "--extend-select", program.code, "--output-format", "json"]
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        cli.main([*words, *flags])
    return Counter(each["code"] for each in json.loads(out.getvalue()))


def _run(text: str) -> str:
    """What a program raises, empty if nothing."""
    try:
        with redirect_stdout(io.StringIO()):
            exec(compile(text, os.path.abspath("net.py"), "exec"), {"__name__": "net"})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return RUNS


def by_rule() -> tuple[str, bool]:
    """The table of programs by rule, and whether enough are repaired in both halves and none is broken."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(endings(Path(folder).resolve()))
    codes = sorted({ending.program.code for ending in found})
    halves = [[each for each in found if each.program.held_out is held_out] for held_out in (False, True)]
    rows = [(code, *_counts([each for each in found if each.program.code == code])) for code in codes]
    rows += [(name, *_counts(half)) for name, half in zip(("not held out", "held out"), halves, strict=True)]
    missed = [(each.program.code, each.program.name, each.why) for each in found if each.why]
    rest = [table(("not repaired", "program", "why"), missed)] if missed else []
    head = ("rule", "programs", "reported", "repaired", "broken")
    good = all(repaired >= SHARE * reported and not broken for _, reported, repaired, broken in map(_counts, halves))
    return "\n\n".join(["## Faults in small programs", table(head, rows), *rest]), good


def _counts(found: Sequence[Ending]) -> tuple[int, int, int, int]:
    """Programs, reported, repaired, broken."""
    reported = [each for each in found if each.reported]
    repaired = [each for each in reported if not each.why]
    return len(found), len(reported), len(repaired), sum(each.broken for each in found)
