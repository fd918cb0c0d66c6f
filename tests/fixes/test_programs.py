"""Small programs with a fault for every rule that has a fix: it is reported, repaired, and the program runs."""

from __future__ import annotations

import pytest

from bench.programs import Program, programs
from bench.rounds import ending
from gconv_lint import rulebook

PROGRAMS: dict[str, list[Program]] = {}
for _program in programs():
    PROGRAMS.setdefault(_program.code, []).append(_program)


def test_every_rule_with_a_fix_has_several_programs() -> None:
    fixable = {rule.info.code for rule in rulebook.rules() if rule.recipe is not None}
    assert fixable == PROGRAMS.keys()
    assert all(len(several) > 2 for several in PROGRAMS.values())


@pytest.mark.parametrize("code", PROGRAMS)
def test_a_fault_is_repaired_and_the_program_runs(code: str) -> None:
    """The first program whose fault is reported; `make bench-repairs` has them all."""
    found = next(each for each in map(ending, PROGRAMS[code]) if each.reported)
    assert found.why == ""
