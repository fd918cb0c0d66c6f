"""``python -m bench.gpu`` checks a GPU in at most ten minutes: kernels, ceilings, a sweep, and published tables.

It writes bench/results/DEVICE.json and docs/gpu-DEVICE.md. Without a GPU it says what is missing and ends with 2.
"""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gconv_lint
from bench.gpu import correctness, sections
from bench.gpu.timing import Clock, Timed
from bench.tables import table
from gconv_lint.model.devices import Ceilings
from gconv_lint.probe import gpu
from gconv_lint.probe.bench import Bench, GpuBench

ROOT = Path(__file__).resolve().parent.parent.parent
#: Seconds for all of it, and for the sanitizer.
MOST, SANITIZER = 540.0, 120.0


def main(arguments: Sequence[str] = ()) -> int:
    """Check the GPU of this machine: 0, 1 where a kernel is wrong, 2 where there is no GPU to be used."""
    here = gpu.look()
    if isinstance(here, gpu.Missing):
        print(f"no GPU is checked: {here.sentence}", file=sys.stderr)
        return 2
    bench = GpuBench(here)
    if "--kernels" in arguments:
        return _kernels(bench)
    return check(bench, ROOT / "bench" / "results", ROOT / "docs", _sanitized())


def _kernels(bench: Bench) -> int:
    """Run every kernel once, as the sanitizer wants it."""
    correctness.run(bench, Clock(time.monotonic() + SANITIZER))
    print("\n".join(sorted(bench.faults)))
    return 1 if bench.faults else 0


def _sanitized() -> str:
    """What NVIDIA's sanitizer says of the kernels, where it is installed."""
    program = shutil.which("compute-sanitizer")
    if program is None:
        return "compute-sanitizer is not installed"
    command = [program, "--error-exitcode", "3", sys.executable, "-m", "bench.gpu", "--kernels"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=SANITIZER, check=False)
    except subprocess.TimeoutExpired:
        return f"compute-sanitizer did not end within {SANITIZER:.0f} seconds"
    return "no errors" if ran.returncode == 0 else ran.stdout.strip().splitlines()[-1]


def check(bench: Bench, results: Path, docs: Path, sanitizer: str, most: float = MOST) -> int:
    """Measure on ``bench`` and write what came of it: 1 where something could not be run as it should."""
    start = time.monotonic()
    right = correctness.run(bench, Clock(start + 0.1 * most))
    ceilings = bench.ceilings()
    found = {
        "shufflenet_v2": sections.shufflenet_v2(bench, Clock(start + 0.2 * most)),
        "replknet": sections.replknet(bench, Clock(start + 0.3 * most)),
        "reports": sections.reports(bench, Clock(start + 0.4 * most)),
        "sweep": sections.swept(bench, Clock(start + most)),
    }
    name = bench.device.name
    data = {"kernels_right": right, **_data(bench, ceilings, found, sanitizer)}
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    (docs / f"gpu-{name}.md").write_text(
        _page(bench, ceilings, found, _checked(bench, right, sanitizer)), encoding="utf-8"
    )
    print(f"{name}: {sum(map(len, found.values()))} shapes in {time.monotonic() - start:.0f} seconds")
    for fault in sorted(bench.faults):
        print(fault, file=sys.stderr)
    return 1 if bench.faults else 0


Found = dict[str, list[Timed]]


def _data(bench: Bench, ceilings: Ceilings, found: Found, sanitizer: str) -> dict[str, Any]:
    return {
        "device": bench.device.name,
        "identity": bench.identity,
        "gconv_lint": gconv_lint.__version__,
        "date": datetime.date.today().isoformat(),
        "ceilings": {"copy": ceilings.copy, "flops": dict(ceilings.flops)},
        "sanitizer": sanitizer,
        "faults": sorted(bench.faults),
        "shufflenet_v2_in_order": sections.in_order(found["shufflenet_v2"]),
        **{section: [each.data() for each in rows] for section, rows in found.items()},
    }


def _checked(bench: Bench, right: int, sanitizer: str) -> str:
    wrong = f"; faults: {'; '.join(sorted(bench.faults))}" if bench.faults else ""
    return f"{right} results of our own kernels are right{wrong}; sanitizer: {sanitizer}."


def _page(bench: Bench, ceilings: Ceilings, found: Found, checked: str) -> str:
    share = ceilings.copy / bench.device.bytes_per_second
    when = f"Measured on {datetime.date.today()} with gconv-lint {gconv_lint.__version__} on {bench.identity}."
    floors = f"Floors are at the measured bandwidth of a copy, {100 * share:.0f} % of the datasheet's."
    order = {True: "yes", False: "no", None: "not measured"}[sections.in_order(found["shufflenet_v2"])]
    titles = {
        "shufflenet_v2": f"ShuffleNet v2, table 2: one of ten layers. Slower with more groups, as published: {order}",
        "replknet": "RepLKNet, table 1: one of 24 layers",
        "reports": "Shapes that threads report as slow",
        "sweep": "Group widths",
    }
    parts = [f"# {bench.device.title}", f"{when} {floors} Checks: {checked}", _ceilings(bench, ceilings)]
    for section, title in titles.items():
        parts += [f"## {title}", sections.rows(found[section], share)]
    return "\n\n".join(parts) + "\n"


def _ceilings(bench: Bench, ceilings: Ceilings) -> str:
    rows = [("copy", f"{ceilings.copy / 1e9:.0f} GB/s", f"{bench.device.bandwidth:.0f} GB/s")]
    for dtype, rate in ceilings.flops.items():
        rows.append((dtype, f"{rate / 1e12:.1f} TFLOP/s", f"{(bench.device.peak(dtype) or 0) / 1e12:.1f} TFLOP/s"))
    return table(("rate", "measured", "datasheet"), rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
