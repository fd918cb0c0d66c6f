"""Plants mistakes in small and in published models and compares what the rules find with NaNs; 1 if recall falls.

Written to ``results/mutations.md``. The tests hold a part of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

import torch

from bench.tables import publish, table
from tests.mutations.harness import RULES, Count, Trial, trials
from tests.mutations.nets import NETS, PUBLISHED, published

#: Faults planted alone in one published model, and two by two.
MOST, PAIRS = 16, 6
#: The least share of those that NaNs find apart.
RECALL = 0.99
HEADER = ("", "trials", "partly apart", "apart", "found", "recall", "alarms", "precision")


def main() -> int:
    """Run all trials and write the page."""
    flags = argparse.ArgumentParser(prog="python -m bench.mutations", description=__doc__)
    flags.add_argument("--small", action="store_true", help="leave out the published models")
    torch.set_num_threads(1)
    done = list(_trials(() if flags.parse_args().small else tuple(PUBLISHED)))
    kinds, models, whole = dict[str, Count](), dict[str, Count](), Count()
    for trial in done:
        whole = whole.plus(trial)
        for table_of, key in ((kinds, trial.kind), (models, trial.model)):
            table_of[key] = table_of.get(key, Count()).plus(trial)
    note = (
        f"Faults planted in models: one, all of a kind, or two at once. *Apart*: NaNs in one group of a grouped "
        "convolution's input find groups that meet before a dense layer in the sound model and do not with the fault, "
        "or more parts between input and output. *Partly*: a shuffle or a sum joins some of the groups, which these "
        f"rules leave alone. *Found*: {', '.join(RULES)} report something new then. *Alarms*: "
        "they do so although NaNs find everything as it was."
    )
    odd = [(trial.model, str(trial).partition(": ")[2]) for trial in done if trial.missed or trial.false_alarm]
    publish(
        "mutations.md",
        "Planted faults",
        note,
        table(HEADER, [_row("all", whole)]),
        "## By fault\n\n" + table(HEADER, [_row(*each) for each in sorted(kinds.items())]),
        "## By model\n\n" + table(HEADER, [_row(*each) for each in models.items()]),
        "## Misses and alarms\n\n" + table(("model", "fault"), odd),
    )
    return 0 if whole.found >= RECALL * whole.apart and not whole.alarms else 1


def _trials(names: Sequence[str]) -> Iterator[Trial]:
    for name, (make, size) in NETS.items():
        torch.manual_seed(0)
        yield from trials(name, make(), size, most=1000, pairs=40)
    for name in names:
        torch.manual_seed(0)
        print(name, file=sys.stderr, flush=True)
        yield from trials(name, published(name), (3, 32, 32), MOST, PAIRS)


def _row(name: str, count: Count) -> tuple[object, ...]:
    recall = f"{100 * count.found / count.apart:.1f} %" if count.apart else ""
    reported = count.found + count.alarms
    precision = f"{100 * count.found / reported:.1f} %" if reported else ""
    return name, count.trials, count.partly, count.apart, count.found, recall, count.alarms, precision


if __name__ == "__main__":
    sys.exit(main())
