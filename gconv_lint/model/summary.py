"""What one model is made of and costs: the rows and totals that reporters show beside its findings."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.model.places import Place
from gconv_lint.model.report import Report
from gconv_lint.model.shapes import ConvShape


class Row(NamedTuple):
    """One layer of a run; ``None`` where a number does not apply or is not known.

    ``share`` is the layer's part of the model's multiply-accumulates, ``intensity`` its FLOPs for each byte moved.
    Parameters stand in the row of the first layer that has them.
    """

    name: str
    kind: str
    in_channels: int | None = None
    out_channels: int | None = None
    groups: int | None = None
    group_width: int | None = None
    kernel: tuple[int, ...] | None = None
    output: tuple[int, ...] | None = None
    params: int = 0
    macs: int | None = None
    bytes: int | None = None
    intensity: float | None = None
    share: float | None = None
    place: Place | None = None
    #: all sizes of a convolution, for those who time it
    shape: ConvShape | None = None


class Totals(NamedTuple):
    """Sums over a model; parameters that layers share count once, and a multiply-accumulate is two FLOPs."""

    params: int = 0
    trainable_params: int = 0
    macs: int = 0
    conv_macs: int = 0

    @property
    def flops(self) -> int:
        """Floating point operations of the multiply-accumulates."""
        return 2 * self.macs


class Connection(NamedTuple):
    """How the channels of one input and one output of a model are connected; inputs and outputs count from 0.

    ``components`` is the number of parts that exchange nothing, ``None`` where something on the way is not
    understood. ``unused`` input channels reach nothing of the output, ``constant`` output positions see nothing of the
    input.
    """

    input: int
    output: int
    channels: int
    components: int | None
    unused: int | None = None
    constant: int | None = None


class Field(NamedTuple):
    """A channel receptive field: each output of a layer depends on at least ``seen`` of so many channels before it."""

    seen: int
    channels: int


class Summary(NamedTuple):
    """One model: findings with their problems and gaps, its layers, and how it was built and run.

    ``totals`` is ``None`` for a model that could not be built; ``partial`` says that there is more than they count,
    ``stopped`` that the model could not be built, or not run to its end. ``exceeded`` has a sentence for each budget.
    ``field`` is the channel receptive field between the layers that the target watches.
    """

    target: str
    engine: str
    report: Report
    rows: tuple[Row, ...] = ()
    totals: Totals | None = None
    connections: tuple[Connection, ...] = ()
    notes: tuple[str, ...] = ()
    exceeded: tuple[str, ...] = ()
    field: Field | None = None
    partial: bool = False
    stopped: bool = False
