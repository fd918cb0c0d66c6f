"""``gconv-lint devices``: the GPUs whose times can be estimated, with their rates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from gconv_lint.commands.arguments import Parser
from gconv_lint.commands.flags import check_format
from gconv_lint.costs import catalogue
from gconv_lint.model.devices import SIZES, Device
from gconv_lint.reporters.text import aligned
from gconv_lint.selection import SettingError
from gconv_lint.streams import write

FORMATS = ("full", "json")
_HEADS = ("name", "device", "sm", "SMs", *SIZES, "GB/s", "L2 MB", "calibrated")


def parser() -> Parser:
    """The flags of ``devices``."""
    flags = Parser(
        prog="gconv-lint devices",
        usage="gconv-lint devices [flags]",
        description="List the GPUs whose times can be estimated, with their peaks in TFLOP/s, summed in fp32.",
        epilog="Exit codes: 0 done, 2 a device file that cannot be used, or misuse.",
    )
    flags.add_argument("--output-format", default="full", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    return flags


def run(words: Sequence[str]) -> int:
    """Print the table: 0."""
    options = parser().parse_args(list(words))
    check_format("--output-format", options.output_format, FORMATS)
    try:
        devices = catalogue.devices()
    except catalogue.DeviceError as error:
        raise SettingError(str(error)) from None
    if options.output_format == "json":
        write(json.dumps([_data(device) for device in devices.values()], indent=2) + "\n")
    else:
        write("\n".join(_table(devices)) + "\n")
    return 0


def _table(devices: Mapping[str, Device]) -> Iterator[str]:
    return aligned([_HEADS, *map(_row, devices.values())], {0, 1})


def _row(device: Device) -> tuple[str, ...]:
    peaks = ("-" if peak is None else f"{peak / 1e12:.1f}" for peak in map(device.peak, SIZES))
    rest = (f"{device.bandwidth:g}", f"{device.l2_mb:g}", device.calibrated or "-")
    return (device.name, device.title, device.capability, str(device.sms), *peaks, *rest)


def _data(device: Device) -> dict[str, object]:
    peaks = {dtype: device.peak(dtype) for dtype in SIZES}
    return {**catalogue.as_data(device), "peaks": peaks}
