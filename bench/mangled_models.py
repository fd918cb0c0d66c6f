"""Follows 10,000 mangled models from their text; 1 if one of them crashes it, hangs it or has its code run.

Written to ``results/mangled-models.md``. A fault is printed with the number of its model: ``--first N --count 1``
repeats it. ``--resume`` goes on behind the last model whose outcome is known.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from bench.mangled import BATCH, batch, summary
from bench.packages import CACHE
from bench.tables import publish

MODULE = "tests.fuzz.whole_models"


def main() -> int:
    """Follow the models and write the page."""
    flags = argparse.ArgumentParser(prog="python -m bench.mangled_models", description=__doc__)
    flags.add_argument("--count", type=int, default=10_000)
    flags.add_argument("--first", type=int, default=0)
    flags.add_argument("--seed", type=int, default=1)
    flags.add_argument("--resume", action="store_true")
    options = flags.parse_args()
    done = _done(options)
    faults = [outcome for outcome in done if outcome["fault"]]
    for outcome in faults:
        print(f"{outcome['number']} {outcome['path']}\n{outcome['fault']}", file=sys.stderr)
    publish("mangled-models.md", "Mangled models", _note(options.seed), summary(done, "built", "layers"))
    return 1 if faults else 0


def _done(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The outcome of each model, in the order of their numbers."""
    CACHE.mkdir(exist_ok=True)
    kept = CACHE / f"mangled-models-{options.seed}-{options.first}.jsonl"
    known = kept.read_text().splitlines() if options.resume and kept.exists() else []
    done: list[dict[str, Any]] = [json.loads(line) for line in known]
    end = options.first + options.count
    with kept.open("a" if options.resume else "w", encoding="utf-8") as stream:
        for first in range(options.first + len(done), end, BATCH):
            found = batch(options.seed, first, min(BATCH, end - first), (), MODULE)
            done += found
            stream.writelines(json.dumps(outcome) + "\n" for outcome in found)
            stream.flush()
    return done


def _note(seed: int) -> str:
    return (
        "Small models, each a file of its own with all that it needs, after one to five changes: numbers, names and "
        "tokens replaced, lines dropped, moved, repeated, taken from others, bytes, cuts, deep nesting; a quarter has "
        "code that leaves a trace where somebody runs it. Each is followed by the engine `source`, built and run, for "
        "60,000 steps at most, in a process whose audit events tell of code that is run, processes that are begun and "
        "files that are written. An error of its own that the engine catches and states as a gap counts as a crash. "
        f"Seed {seed}."
    )


if __name__ == "__main__":
    sys.exit(main())
