"""Runs every specialisation of the kernels on a CPU beside torch, and compiles it for GPUs; 1 where one is wrong."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import torch

from bench.tables import publish, table
from gconv_lint.probe.specialise import select
from tests.probe import cpu, nvrtc
from tests.probe.kernel_matrix import EVERY, Case


class Outcome(NamedTuple):
    """What a specialisation made: its error as a part of what is allowed, compilations, registers, and its faults."""

    error: float
    compiled: int
    registers: int
    faults: list[str]


def examine(case: Case, architectures: Sequence[int]) -> Outcome:
    """One specialisation, in every order of threads and for those architectures that can run it."""
    spec = select(case.shape, case.dtype, case.layout)
    if spec is None or spec.name != case.kernel:
        return Outcome(0, 0, 0, [f"served by {spec.name if spec else 'no kernel'}"])
    program = cpu.build(spec)
    made = [cpu.compute(program, spec, case.shape, case.dtype, case.layout, order) for order in cpu.ORDERS]
    faults = [] if all(torch.equal(made[0], each) for each in made) else ["depends on the order of threads"]
    error = cpu.error(case.shape, case.dtype, made[0])
    faults += [f"is off by {error:.1f} times what is allowed"] if not error <= 1 else []
    served = [each for each in architectures if nvrtc.serves(spec, each)]
    compiled = [nvrtc.compiled(spec, each) for each in served]
    faults += [
        f"sm_{each}: {fault}"
        for each, found in zip(served, compiled, strict=True)
        for fault in nvrtc.faults(spec, found)
    ]
    return Outcome(error, len(served), max((each.registers for each in compiled), default=0), faults)


def _safely(case: Case, architectures: Sequence[int]) -> Outcome:
    try:
        return examine(case, architectures)
    except (cpu.KernelFault, nvrtc.CompileError) as error:
        return Outcome(float("inf"), 0, 0, [str(error).strip().splitlines()[0]])


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="compile each for one architecture, one after the other")
    quick = parser.parse_args(words).quick
    every = nvrtc.ARCHITECTURES
    chosen = [[every[number % len(every)]] if quick else every for number, _ in enumerate(EVERY)]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(_safely, EVERY, chosen))
    wrong = [f"{case}: {fault}" for case, found in zip(EVERY, outcomes, strict=True) for fault in found.faults]
    listed = "\n".join(f"- {each}" for each in wrong) or "Nothing is wrong."
    publish("kernels.md", "Specialisations of the kernels", *_page(outcomes, quick), listed)
    return bool(wrong)


def _page(outcomes: Sequence[Outcome], quick: bool) -> tuple[str, str]:
    groups: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for case, found in zip(EVERY, outcomes, strict=True):
        groups[case.kernel, case.dtype, case.layout].append(found)
    rows = [
        [
            *key,
            len(found),
            sum(bool(each.faults) for each in found),
            f"{max(each.error for each in found):.2f}",
            sum(each.compiled for each in found),
            max(each.registers for each in found),
        ]
        for key, found in sorted(groups.items())
    ]
    head = ["kernel", "type", "layout", "specialisations", "wrong", "worst error", "compilations", "most registers"]
    how = "one of the architectures in turn" if quick else "every architecture that has its type"
    words = (
        "Each ran on a CPU in three orders of threads, beside torch in double precision; an error of 1 is all that "
        f"rounding of the\nsum and of the output is allowed. Each was compiled for {how}\n"
        f"(sm_{', sm_'.join(map(str, nvrtc.ARCHITECTURES))}), where none may spill. "
        "None of this says how fast a kernel is."
    )
    return words, table(head, rows)


if __name__ == "__main__":
    sys.exit(main())
