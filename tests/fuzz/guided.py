"""Fuzzing that looks for new ways through the code: ``python -m tests.fuzz.guided TARGET`` and flags of libFuzzer."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gconv_lint"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.seeds import SEEDS


def main() -> None:
    """Begin with the seeds of a target, and go on until something fails or time is up."""
    name = sys.argv.pop(1)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS[name]):
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, folder], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
