"""``gconv-lint probe --calibrate``: measures the GPU of this machine and writes it down for the cost model."""

from __future__ import annotations

from argparse import Namespace

from gconv_lint.commands import probe_flags
from gconv_lint.commands.progress import Progress
from gconv_lint.costs import catalogue
from gconv_lint.selection import SettingError
from gconv_lint.streams import StreamError, write


def run(options: Namespace) -> int:
    """Write the device file: 0. Raises ``SettingError`` where there is nothing to measure."""
    if options.targets:
        raise SettingError("--calibrate measures the GPU itself: give it no target")
    from gconv_lint.probe import calibration, gpu
    from gconv_lint.probe.bench import GpuBench

    here = gpu.look()
    if isinstance(here, gpu.Missing):
        raise SettingError(f"--calibrate needs a GPU: {here.sentence}")
    ways = probe_flags.ways_of(options, every=True)
    try:
        with Progress() as progress:
            device = calibration.calibrated(GpuBench(here), ways, progress)
    except (RuntimeError, MemoryError) as error:  # CUDA's own errors, and kernels that are wrong
        raise SettingError(f"{here.device.title} cannot be measured: {' '.join(str(error).split())}") from None
    path = catalogue.folder() / f"{device.name}.json"
    try:
        catalogue.to_file(device, path)
    except OSError as error:
        raise StreamError(f"{path}: cannot be written: {error.strerror}") from None
    write(f"{device.title} is written to {path}: {len(device.efficiencies)} efficiencies.\n")
    return 0
