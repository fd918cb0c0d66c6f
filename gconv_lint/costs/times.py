"""How long a convolution takes on a device: a bound that nothing beats, and an estimate of what a library needs.

The estimate counts what tiles of matrix units or multiply-add units waste on narrow groups, and the blocks that leave
multiprocessors idle. It does not know which kernel a library picks: docs/probe.md says where it is known to miss. What
was measured of a library with ``gconv-lint probe --calibrate`` corrects it.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, inf, log, prod

from gconv_lint.model.devices import SIZES, Device
from gconv_lint.model.shapes import ConvShape

#: Of the bandwidth that a datasheet says, what a copy gets, and of the peak, what a large matrix multiplication gets.
COPY_SHARE, PEAK_SHARE = 0.90, 0.80
#: Of the peak of the multiply-add units, what a kernel gets that computes each output for itself.
DIRECT_SHARE = 0.50
#: What does not overlap of the shorter of memory and arithmetic, and a kernel launch in a graph, in microseconds.
EXPOSED, LAUNCH_US = 0.15, 2.0
#: Tiles of a matrix multiplication, rows and columns, with the part of the speed of large ones that they reach.
TILES = (
    *((128, 128, 1.0), (128, 64, 0.85), (128, 32, 0.61), (128, 16, 0.5), (128, 8, 0.35)),
    *((32, 64, 0.6), (32, 32, 0.45), (32, 8, 0.25)),
)
#: Depth of one matrix instruction; multiply-add units have none.
DEPTHS = {"fp16": 16, "bf16": 16, "tf32": 8, "fp32": 1}
#: Blocks that share a multiprocessor.
OCCUPANCY = 2


def floor_us(shape: ConvShape, device: Device, dtype: str) -> float | None:
    """Microseconds that no kernel can go below, for tensors that are in memory: each is moved once, at the datasheet's
    bandwidth, or every product is made at the peak. ``None`` where the device has no units for the type.
    """
    peak = device.peak(dtype)
    if peak is None:
        return None
    return 1e6 * max(moved_bytes(shape, dtype) / device.bytes_per_second, needed_flops(shape) / peak)


def estimate_us(shape: ConvShape, device: Device, dtype: str, layout: str) -> float | None:
    """Microseconds that a library is taken to need; ``None`` where the device has no units for the type."""
    floor = floor_us(shape, device, dtype)
    if floor is None:
        return None
    memory = 1e6 * moved_bytes(shape, dtype) / _copy_rate(device)
    arithmetic = 1e6 * min(_arithmetic(shape, device, dtype))
    ideal = max(memory, arithmetic) + EXPOSED * min(memory, arithmetic) + LAUNCH_US
    return max(ideal / efficiency(shape, device, dtype, layout), floor)


def shuffle_us(shape: ConvShape, device: Device, dtype: str) -> float:
    """Microseconds that a channel shuffle in front of a convolution is taken to need: its input is read and written."""
    return 1e6 * 2 * SIZES[dtype] * shape.inputs / _copy_rate(device) + LAUNCH_US


def moved_bytes(shape: ConvShape, dtype: str) -> int:
    """Bytes that have to be moved: weights, outputs, and those inputs that some output reads."""
    return SIZES[dtype] * (shape.batch * shape.in_channels * _read(shape) + shape.outputs + shape.weights)


def needed_flops(shape: ConvShape) -> int:
    """Two for each product whose input is not padding."""
    return 2 * shape.batch * shape.out_channels * shape.group_width * prod(sum(map(len, taps)) for taps in _taps(shape))


def kind_of(shape: ConvShape) -> str:
    """The kind that efficiencies are told apart by."""
    word = "dense" if shape.groups == 1 else "depthwise" if shape.depthwise else "grouped"
    return f"{word} {'1x1' if shape.pointwise else 'spatial'}"


def efficiency(shape: ConvShape, device: Device, dtype: str, layout: str) -> float:
    """Of the estimated speed, what the library reached in a calibration; 1 where that was not measured.

    Where the group width itself was not measured, the nearest one counts, by the ratio of both.
    """
    kind, width = kind_of(shape), shape.group_width
    known = [each for each in device.efficiencies if (each.dtype, each.layout, each.kind) == (dtype, layout, kind)]
    near = min(known, key=lambda each: abs(log(each.group_width / width)), default=None)
    return 1.0 if near is None else near.share


def _copy_rate(device: Device) -> float:
    return device.ceilings.copy if device.ceilings is not None else COPY_SHARE * device.bytes_per_second


def _peak_rate(device: Device, dtype: str) -> float:
    measured = device.ceilings.flops.get(dtype) if device.ceilings is not None else None
    return measured or PEAK_SHARE * (device.peak(dtype) or inf)


def _arithmetic(shape: ConvShape, device: Device, dtype: str) -> Iterator[float]:
    """Seconds of arithmetic for each way to do it: a matrix multiplication by tiles, or each output for itself."""
    yield 2 * shape.macs / (DIRECT_SHARE * (device.peak("fp32") or inf))
    rows, columns = shape.batch * prod(shape.out_size), shape.out_group_width
    depth = ceil(shape.macs / (rows * shape.out_channels) / DEPTHS[dtype]) * DEPTHS[dtype]
    slots = device.sms * OCCUPANCY
    for high, wide, share in TILES:
        blocks = ceil(rows / high) * ceil(columns / wide) * shape.groups
        busy = blocks / (ceil(blocks / slots) * slots)
        yield 2 * blocks * high * wide * depth / (_peak_rate(device, dtype) * share * busy)


def _taps(shape: ConvShape) -> Iterator[list[range]]:
    """For each axis and tap the positions of the longer tensor that it meets, padding left out."""
    long, short = (shape.out_size, shape.in_size) if shape.transposed else (shape.in_size, shape.out_size)
    for length, count, taps, by, pad, step in zip(
        long, short, shape.kernel, shape.stride, shape.padding, shape.dilation, strict=True
    ):
        shifts = (tap * step - pad for tap in range(taps))
        yield [range(shift + by * max(0, -(shift // by)), min(shift + by * count, length), by) for shift in shifts]


def _read(shape: ConvShape) -> int:
    """Positions of the input that some output reads: a stride above the kernel size skips some."""
    if shape.transposed:
        return prod(shape.in_size)
    return prod(map(_distinct, _taps(shape)))


def _distinct(taps: list[range]) -> int:
    """How many positions taps of the same step meet together: those of one remainder are runs that may overlap."""
    total, ends = 0, dict[int, int]()
    for tap in sorted((tap for tap in taps if tap), key=lambda tap: tap.start):
        remainder, last = tap.start % tap.step, tap[-1]
        begin = max(tap.start, ends.get(remainder, tap.start - tap.step) + tap.step)
        total += max(0, (last - begin) // tap.step + 1)
        ends[remainder] = max(last, ends.get(remainder, last))
    return total
