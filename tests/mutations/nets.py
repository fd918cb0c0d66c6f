"""Models as they are published, small, whose parts can be taken out or turned the wrong way."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import torch
from torch import Tensor, nn

#: What the small models run on.
SMALL = (3, 16, 16)


class Shuffle(nn.Module):
    """The channel shuffle of ShuffleNet, written out as every second repository does."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        return x.view(b, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(b, c, h, w)


class Residual(nn.Module):
    """A branch that is added to its input."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.branch = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.branch(x))


class Halves(nn.Module):
    """The unit of ShuffleNetV2: half of the channels pass, half go through the branch."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.branch = nn.Sequential(*conv(half, half, 1), *conv(half, half, half, 3), *conv(half, half, 1))
        self.shuffle = Shuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        kept, changed = x.chunk(2, 1)
        return self.shuffle(torch.cat((kept, self.branch(changed)), 1))


def conv(inside: int, outside: int, groups: int, size: int = 1) -> tuple[nn.Module, ...]:
    """A convolution with its norm and activation."""
    layer = nn.Conv2d(inside, outside, size, padding=size // 2, groups=groups, bias=False)
    return layer, nn.BatchNorm2d(outside), nn.ReLU()


def around(width: int, *units: nn.Module) -> nn.Module:
    """Units between a dense stem and a dense head."""
    head = (*conv(width, 24, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 5))
    return nn.Sequential(*conv(3, width, 1, 3), *units, *head)


def shuffled(groups: int, width: int = 48, units: int = 2) -> nn.Module:
    """Units of ShuffleNet."""
    return around(width, *(Residual(*_bottleneck(width, groups)) for _ in range(units)))


def _bottleneck(width: int, groups: int) -> tuple[nn.Module, ...]:
    return (
        *conv(width, width, groups),
        Shuffle(groups),
        *conv(width, width, width, 3)[:2],
        *conv(width, width, groups)[:2],
    )


def interleaved(width: int = 48) -> nn.Module:
    """Interleaved group convolutions: spatial ones of 2 groups, pointwise ones across."""
    blocks = [(*conv(width, width, 2, 3), Shuffle(2), *conv(width, width, 8), Shuffle(8)) for _ in range(2)]
    return around(width, *(layer for block in blocks for layer in block))


def plainly_grouped(width: int = 32, groups: int = 4) -> nn.Module:
    """Grouped layers with a shuffle between each two of them."""
    layers = [layer for _ in range(3) for layer in (*conv(width, width, groups, 3), Shuffle(groups))]
    return around(width, *layers[:-1])


def inverted(width: int = 24) -> nn.Module:
    """Units of MobileNetV2."""
    wide = 3 * width
    units = [Residual(*conv(width, wide, 1), *conv(wide, wide, wide, 3), *conv(wide, width, 1)[:2]) for _ in range(2)]
    return around(width, *units)


def cardinal(width: int = 32, groups: int = 8) -> nn.Module:
    """Units of ResNeXt."""
    units = [
        Residual(*conv(width, width, 1), *conv(width, width, groups, 3), *conv(width, width, 1)[:2]) for _ in range(2)
    ]
    return around(width, *units)


def separable(width: int = 12) -> nn.Module:
    """Depthwise and pointwise layers from the input on, and nothing else."""
    layers = [layer for _ in range(2) for layer in (*conv(width, width, width, 3), *conv(width, width, 1))]
    return nn.Sequential(*layers)


def halved(width: int = 32) -> nn.Module:
    """Units of ShuffleNetV2."""
    return around(width, *(Halves(width) for _ in range(3)))


#: Each with the size of its input.
NETS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "shufflenet g=2": (lambda: shuffled(2), SMALL),
    "shufflenet g=3": (lambda: shuffled(3), SMALL),
    "shufflenet g=4": (lambda: shuffled(4, 48, 3), SMALL),
    "shufflenet g=8": (lambda: shuffled(8, 64, 2), SMALL),
    "igc": (interleaved, SMALL),
    "grouped g=4": (plainly_grouped, SMALL),
    "grouped g=2": (lambda: plainly_grouped(24, 2), SMALL),
    "mobilenetv2": (inverted, SMALL),
    "resnext": (cardinal, SMALL),
    "shufflenetv2": (halved, SMALL),
    "separable": (separable, (12, 16, 16)),
}


#: Models of pytorchcv by their module.
PUBLISHED = {
    "shufflenet_g2_w1": "shufflenet",
    "shufflenet_g3_wd4": "shufflenet",
    "shufflenet_g8_w1": "shufflenet",
    "shufflenetv2_wd2": "shufflenetv2",
    "shufflenetv2b_wd2": "shufflenetv2b",
    "igcv3_wd4": "igcv3",
    "menet108_8x1_g3": "menet",
    "mobilenet_wd4": "mobilenet",
    "mobilenetv2_wd4": "mobilenetv2",
    "resnext14_16x4d": "resnext",
    "regnetx002": "regnet",
}


def published(name: str) -> nn.Module:
    """A model of pytorchcv that takes small images."""
    model: nn.Module = getattr(import_module(f"pytorchcv.models.{PUBLISHED[name]}"), name)()
    if isinstance(getattr(model.features, "final_pool", None), nn.AvgPool2d):
        model.features.final_pool = nn.AdaptiveAvgPool2d(1)
    return model
