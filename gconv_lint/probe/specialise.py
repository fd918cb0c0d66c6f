"""Which of our kernels serves a convolution, with which compile-time constants and which launch.

This is all that measuring needs of the kernels: ``select`` for convolutions, ``FOLDER`` for their sources, and the
kernels of ``gconv_lint.probe.kernels.movers`` and ``.peaks`` for the ceilings.
"""

from __future__ import annotations

from pathlib import Path

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.kernels.depthwise import depthwise
from gconv_lint.probe.kernels.direct import direct
from gconv_lint.probe.kernels.grouped import grouped
from gconv_lint.probe.kernels.spec import BYTES, LAYOUTS, KernelSpec

__all__ = ["FOLDER", "KernelSpec", "select"]

#: Where the sources are, and what they include.
FOLDER = Path(__file__).parent / "kernels"


def select(shape: ConvShape, dtype: str, layout: str) -> KernelSpec | None:
    """The kernel for a convolution; ``None`` where there is none, as for more than three axes."""
    if len(shape.kernel) > 3 or dtype not in BYTES or layout not in LAYOUTS:
        return None
    if shape.transposed:
        return direct(shape, dtype, layout)
    return depthwise(shape, dtype, layout) or grouped(shape, dtype, layout) or direct(shape, dtype, layout)
