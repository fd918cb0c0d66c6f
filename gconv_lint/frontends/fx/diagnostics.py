"""Two measurements of a layer that some read as signs of trouble: opinions, which fail no test by themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn.modules.conv import _ConvNd

from gconv_lint.frontends.fx.live import convolutions
from gconv_lint.frontends.fx.shadow import inputs_with_values, is_shape, plain, random_numbers_kept, sharing
from gconv_lint.words import nearest

Loss = Callable[[Any], torch.Tensor]


class FeatureCorrelation(NamedTuple):
    """How alike the C output channels of a layer are.

    ``mean`` is over all pairs of live channels, ``per_channel`` has C numbers, each a mean over the other live ones.
    Both are ``None`` where there is no pair, and so is the entry of a channel that is ``dead`` (the same number
    everywhere) or ``not_finite``. ``samples`` M are the positions that were compared; channels of independent normal
    numbers have about ``by_chance`` = sqrt(2 / (pi (M - 1))).
    """

    layer: str
    mean: float | None
    per_channel: tuple[float | None, ...]
    dead: tuple[int, ...]
    not_finite: tuple[int, ...]
    samples: int
    by_chance: float


class GradientRatio(NamedTuple):
    """Mean absolute gradients of the weight of a layer and of its dense twin; no ``ratio`` where the twin has none."""

    layer: str
    groups: int
    grouped: float
    dense: float
    ratio: float | None


def feature_correlation(model: nn.Module, inputs: Any, layer: str) -> FeatureCorrelation:
    """How much the output channels of ``layer`` repeat each other on ``inputs``; an opinion.

    ``inputs`` is a tensor, or a sequence of the arguments of the model. The output of the layer, (N, C, *space), is
    taken as C channels of M = N * prod(space) samples; channels are the last axis behind ``nn.Linear``. With x_c the
    samples of channel c less their mean, in double precision::

        r[a, b]        = <x_a, x_b> / (|x_a| |x_b|)
        per_channel[a] = mean of |r[a, b]| over live b != a
        mean           = mean of per_channel over live a

    The model is run once in evaluation mode with its weights, without gradients, as a copy.

    For: channels that carry the same feature add nothing to each other. ShuffleNet (Zhang et al., 2018) argues that
    groups which never meet weaken the representation; it measures no correlation. Against: correlation is a property of
    the data as much as of the weights, a linear measure misses all else, and few samples raise |r| by chance. We know
    of no threshold that was shown to cost accuracy, so there is none here.

    Raises ``ValueError`` for a path that names no module, a layer that gives no tensor, and fewer than two samples.
    """
    with random_numbers_kept():
        copy = sharing(model).eval()
        features = _output(copy, inputs, layer)
    return _correlated(layer, features.double())


def _correlated(layer: str, features: torch.Tensor) -> FeatureCorrelation:
    """``features`` is (C, M)."""
    channels, samples = features.shape
    if samples < 2:
        raise ValueError(f"the output of `{layer}` has {samples} samples of each channel; two at least are needed")
    finite = features.isfinite().all(1)
    dead = finite & (features.amax(1) == features.amin(1))
    live = (finite & ~dead).nonzero().flatten()
    found: list[float | None] = [None] * channels
    if len(live) > 1:
        for channel, value in zip(live.tolist(), _means(features[live]).tolist(), strict=True):
            found[channel] = value
    known = [value for value in found if value is not None]
    return FeatureCorrelation(
        layer=layer,
        mean=sum(known) / len(known) if known else None,
        per_channel=tuple(found),
        dead=tuple(dead.nonzero().flatten().tolist()),
        not_finite=tuple((~finite).nonzero().flatten().tolist()),
        samples=samples,
        by_chance=math.sqrt(2 / (math.pi * (samples - 1))),
    )


def _means(features: torch.Tensor) -> torch.Tensor:
    """The mean of |r| with all other channels, (C,), of live ones (C, M)."""
    scaled = features / features.abs().amax(1, keepdim=True)  # so that no square overflows or vanishes
    centred = scaled - scaled.mean(1, keepdim=True)
    unit = centred / centred.norm(dim=1, keepdim=True)
    alike = (unit @ unit.t()).abs().clamp(max=1.0)
    means: torch.Tensor = (alike.sum(1) - alike.diagonal()) / (len(features) - 1)
    return means


def _output(model: nn.Module, inputs: Any, layer: str) -> torch.Tensor:
    """The output of a module in one run, (C, M)."""
    kept: list[torch.Tensor] = []
    part = _named(model, layer)

    def keep(_: nn.Module, __: Any, result: Any) -> None:
        if isinstance(result, torch.Tensor):
            kept.append(result.detach().clone())  # what follows may write to it

    part.register_forward_hook(keep)
    with torch.no_grad():
        model(*_arguments(inputs, model))
    if len(kept) != 1 or kept[0].dim() < 2:
        raise ValueError(f"`{layer}` gives {len(kept)} tensors in this run, and one with channels is to be measured")
    axis = -1 if isinstance(part, nn.Linear) else 1
    return kept[0].movedim(axis, 0).flatten(1)


def gradient_ratio(model: nn.Module, inputs: Any, layer: str, loss: Loss | None = None) -> GradientRatio:
    """How large the gradients of a grouped convolution's weight are beside those of a dense one; an opinion.

    The dense twin is the same model with ``groups=1`` in ``layer``, whose weight (out, in, *kernel) holds the weight
    (out, in / groups, *kernel) of the layer in blocks and zeros elsewhere, so that both compute the same function. With
    L = ``loss``(output), the mean of the squares of all outputs where none is given::

        ratio = mean |dL/dW| over the grouped weight / mean |dL/dW| over the dense weight

    Inside of the blocks both gradients are equal, so the ratio compares the connections that the groups keep with all
    that there could be: 1 where those between groups would learn as fast, ``groups`` at most, where these would not
    learn at all. Both runs are in the mode that the model is in, on copies, from the same random numbers.

    For: a ratio below 1 says that this loss pulls hardest on connections that the groups forbid. Against: it is one
    batch at one point of training, the size of a gradient says little under Adam or behind a norm, and we know of no
    result that ties this number to accuracy; it is here for comparing layers of one model.

    Raises ``ValueError`` unless ``layer`` is a grouped convolution with a plain weight that is trained, and for a loss
    that is no single number.
    """
    with random_numbers_kept():
        grouped = _gradient(sharing(model), inputs, layer, loss, dense=False)
    with random_numbers_kept():
        dense = _gradient(sharing(model), inputs, layer, loss, dense=True)
    ratio = grouped / dense if dense and math.isfinite(grouped / dense) else None
    return GradientRatio(layer, _grouped(plain(model), layer).groups, grouped, dense, ratio)


def _gradient(model: nn.Module, inputs: Any, layer: str, loss: Loss | None, dense: bool) -> float:
    """The mean absolute gradient of a layer's weight."""
    part = _grouped(model, layer)
    if dense:
        part.weight = nn.Parameter(_in_blocks(part))
        part.groups = 1
    with torch.enable_grad():
        result = model(*_arguments(inputs, model))
        value = loss(result) if loss is not None else _squares(result)
        if not isinstance(value, torch.Tensor) or value.numel() != 1:
            raise ValueError("the loss is no single number, of which there could be a gradient")
        (found,) = torch.autograd.grad(value.sum(), part.weight, allow_unused=True)
    return 0.0 if found is None else float(found.double().abs().mean())


def _in_blocks(part: _ConvNd) -> torch.Tensor:
    """The dense weight of the same function: rows are inputs in a transposed convolution and outputs in any other."""
    weight, groups = part.weight.detach(), part.groups
    rows, columns = weight.shape[0] // groups, weight.shape[1]
    made = weight.new_zeros(weight.shape[0], columns * groups, *weight.shape[2:])
    for g in range(groups):
        block = slice(g * rows, (g + 1) * rows)
        made[block, g * columns : (g + 1) * columns] = weight[block]
    return made


def _squares(result: Any) -> torch.Tensor:
    """The mean of the squares of all outputs."""
    leaves = torch.utils._pytree.tree_flatten(result)[0]
    tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor) and leaf.is_floating_point()]
    if not tensors:
        raise ValueError("the model returns no tensor of which there could be a gradient")
    return torch.cat([tensor.flatten() for tensor in tensors]).square().mean()


def _grouped(model: nn.Module, layer: str) -> _ConvNd:
    part = _named(model, layer)
    if not isinstance(part, _ConvNd) or part.groups < 2:
        known = [path for path, each in convolutions(model) if each.groups > 1]
        raise ValueError(f"`{layer}` is no grouped convolution{nearest(layer, known)}, so its dense twin is itself")
    weight = part._parameters.get("weight")
    if weight is None or not weight.requires_grad:
        raise ValueError(f"the weight of `{layer}` is not a parameter that is trained, so it has no gradient")
    return part


def _named(model: nn.Module, layer: str) -> nn.Module:
    known: dict[str, nn.Module] = dict(model.named_modules())
    if layer not in known:
        raise ValueError(f"there is no module `{layer}` in {type(model).__name__}{nearest(layer, list(known))}")
    return known[layer]


def _arguments(inputs: Any, model: nn.Module) -> Sequence[Any]:
    """Copies of the arguments of the model; one tensor, or the shape of one, is the only one."""
    return inputs_with_values([inputs] if isinstance(inputs, torch.Tensor) or is_shape(inputs) else inputs, model)
