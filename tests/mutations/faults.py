"""Plants the mistakes that people make with grouped convolutions in a model that has none."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import combinations
from math import gcd
from random import Random
from typing import NamedTuple

import torch
from torch import Tensor, nn

Make = Callable[[nn.Module], nn.Module]


class Fault(NamedTuple):
    """What is done to the module at a path."""

    kind: str
    path: str
    make: Make


class Untransposed(nn.Module):
    """A shuffle without its transposition."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        return x.view(b, self.groups, c // self.groups, h, w).reshape(b, c, h, w)


class Permuted(nn.Module):
    """A permutation of channels by an index that was meant for a shuffle and keeps within its groups."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        order = torch.arange(x.shape[1]).view(self.groups, -1).flip(1).flatten()
        return x[:, order]


class Regrouped(nn.Module):
    """A shuffle with a number of groups that is found at its first run, where the channels are known."""

    def __init__(self, shuffle: nn.Module, number: Callable[[int, int], int]) -> None:
        super().__init__()
        self.groups, self.number = shuffle.groups, number

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        groups = self.number(c, self.groups)
        return x.view(b, groups, c // groups, h, w).transpose(1, 2).reshape(b, c, h, w)


def _swapped(channels: int, groups: int) -> int:
    return channels // groups


def _other(channels: int, groups: int) -> int:
    return next(n for n in (groups + 1, groups + 2, groups + 3, 2 * groups, 2, 1) if channels % n == 0)


def _every(channels: int, groups: int) -> int:
    """As many groups as channels, which moves none."""
    return channels


def is_shuffle(module: nn.Module) -> bool:
    """Whether a module is a channel shuffle, of this file, of torch or of pytorchcv."""
    return type(module).__name__ in ("Shuffle", "ChannelShuffle", "ChannelShuffle2")


def _is_pointwise(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d) and module.kernel_size == (1, 1) and module.groups == 1


def _grouped(module: nn.Module) -> nn.Module:
    shared = gcd(module.in_channels, module.out_channels)
    groups = next((n for n in (4, 3, 2, 5, 7) if shared % n == 0), 1)
    return _like(module, groups)


def _depthwise(module: nn.Module) -> nn.Module:
    return _like(module, module.in_channels)


def _like(module: nn.Module, groups: int) -> nn.Module:
    numbers = (module.kernel_size, module.stride, module.padding, module.dilation)
    return nn.Conv2d(module.in_channels, module.out_channels, *numbers, groups, module.bias is not None)


def faults(model: nn.Module) -> Iterator[Fault]:
    """Every single fault that can be planted in a model."""
    for path, module in model.named_modules():
        if is_shuffle(module):
            yield Fault("shuffle removed", path, lambda _: nn.Identity())
            yield Fault("transpose dropped", path, lambda found: Untransposed(found.groups))
            yield Fault("permutation misaligned", path, lambda found: Permuted(found.groups))
            yield Fault("shuffle number changed", path, lambda found: Regrouped(found, _other))
            yield Fault("shuffle number changed", path, lambda found: Regrouped(found, _every))
            yield Fault("groups swapped", path, lambda found: Regrouped(found, _swapped))
        if _is_pointwise(module) and gcd(module.in_channels, module.out_channels) > 1:
            yield Fault("pointwise grouped", path, _grouped)
            if module.in_channels == module.out_channels:
                yield Fault("depthwise stacked", path, _depthwise)


def planted(model: nn.Module, several: tuple[Fault, ...]) -> nn.Module:
    """A copy of the model with faults in it."""
    made = copy.deepcopy(model)
    for fault in several:
        parent, _, name = fault.path.rpartition(".")
        setattr(made.get_submodule(parent), name, fault.make(made.get_submodule(fault.path)))
    return made


def groups_of_faults(model: nn.Module, random: Random, most: int, pairs: int) -> Iterator[tuple[Fault, ...]]:
    """Faults alone, at most so many; each kind everywhere at once; some faults two by two."""
    single = list(faults(model))
    yield from ((fault,) for fault in random.sample(single, min(most, len(single))))
    for kind in dict.fromkeys(fault.kind for fault in single):
        everywhere = tuple(fault for fault in single if fault.kind == kind)
        if len(everywhere) > 1:
            yield everywhere
    both = [pair for pair in combinations(single, 2) if pair[0].path != pair[1].path]
    yield from random.sample(both, min(pairs, len(both)))
