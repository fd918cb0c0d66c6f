"""What NaNs that travel through a model say of it: behind which convolutions groups stay apart, and until where.

A grouped convolution's input gets NaNs in one of its groups for each probe of the batch. Where what a dense layer, or
nobody, reads holds channels that no two probes reach together, the groups have not met. In one more sample of the batch
only its output is NaN, which shows what lies behind it and not beside. This shares nothing with the channel algebra; it
needs a model that loses no NaN.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn


class Apart(NamedTuple):
    """The groups of ``first`` are still apart where ``reader`` reads, behind another grouped convolution.

    They are ``joined`` where some channel there depends on several of them, as behind a shuffle that joins too few.
    """

    first: str
    reader: str
    joined: bool


def isolated(model: nn.Module, size: tuple[int, ...]) -> set[Apart]:
    """All pairs of convolutions of several channels a group whose groups do not meet before a dense layer."""
    model.eval()
    capable = [path for path, part in model.named_modules() if _is_capable(part)]
    return {apart for path in capable for apart in _from(model, path, set(capable), size)}


def components(model: nn.Module, size: tuple[int, ...]) -> int:
    """The parts that the input channels of a model fall into at its output."""
    model.eval()
    channels = size[0]
    x = torch.randn(channels, *size)
    for channel in range(channels):
        x[channel, channel] = float("nan")
    with torch.no_grad():
        return _parts(_reached(model(x)))


def _from(model: nn.Module, start: str, capable: set[str], size: tuple[int, ...]) -> Iterator[Apart]:
    """Run once with the groups of ``start`` tainted, and look at what layers read and make."""
    groups, passed, found = model.get_submodule(start).groups, list[str](), list[Apart]()

    def taint(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        x = arguments[0]
        x.nan_to_num_()
        width = x.shape[1] // groups
        for group in range(groups):
            x[group, group * width : (group + 1) * width] = float("nan")
        passed.append(start)

    def mark(_: nn.Module, __: object, result: Tensor) -> Tensor:
        result = result.clone()
        result[-1] = float("nan")
        return result

    def made(path: str) -> None:
        def hook(_: nn.Module, __: object, result: Tensor) -> None:
            if passed and path != start and _is_behind(result) and _parts(_reached(result[:-1])) > 1:
                passed.append(path)

        hooks.append(model.get_submodule(path).register_forward_hook(hook))

    def look(path: str, x: Tensor) -> None:
        channels = _reached(x[:-1])
        if len(passed) > 1 and _is_behind(x) and _parts(channels) > 1:
            found.append(Apart(start, path, max(map(len, channels)) > 1))

    def read(path: str) -> None:
        def hook(_: nn.Module, arguments: tuple[Tensor, ...]) -> None:
            look(path, arguments[0])

        hooks.append(model.get_submodule(path).register_forward_pre_hook(hook))

    part = model.get_submodule(start)
    hooks = [part.register_forward_pre_hook(taint), part.register_forward_hook(mark)]
    for path, part in model.named_modules():
        if path in capable:
            made(path)
        elif isinstance(part, nn.Linear) or (isinstance(part, nn.Conv2d) and part.groups == 1):
            read(path)
    try:
        with torch.no_grad():
            result = model(torch.randn(groups + 1, *size))
    finally:
        for hook in hooks:
            hook.remove()
    look("", result)
    return iter(found)


def _is_capable(part: nn.Module) -> bool:
    return isinstance(part, nn.Conv2d) and 1 < part.groups < part.in_channels


def _is_behind(x: Tensor) -> bool:
    return bool(x[-1].isnan().any())


def _reached(x: Tensor) -> list[set[int]]:
    """The probes that reach each channel."""
    taint = x.isnan().flatten(2).any(2) if x.dim() > 2 else x.isnan()
    return [set(taint[:, channel].nonzero().flatten().tolist()) for channel in range(taint.shape[1])]


def _parts(channels: list[set[int]]) -> int:
    """How many sets of probes stay apart."""
    parts: list[set[int]] = []
    for probes in map(set, {frozenset(each) for each in channels if each}):
        touching = [part for part in parts if part & probes]
        parts = [part for part in parts if not part & probes] + [probes.union(*touching)]
    return len(parts)
