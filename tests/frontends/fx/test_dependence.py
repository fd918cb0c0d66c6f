"""What assertions about live models say of channels, against NaNs that travel through the models themselves."""

from __future__ import annotations

import random

import pytest
import torch
from test_channel_flow import MODELS, Run, conv, seen_by_nan, shuffled
from torch import nn

from gconv_lint import testing
from gconv_lint.frontends.fx.dependence import between, of_layer, of_outputs
from gconv_lint.frontends.fx.live import observe
from gconv_lint.testing.wording import members

SHAPE = (2, 16, 8, 8)
#: Models in which two convolutions, each called once, stand behind each other.
PAIRS = {
    name: (f"layers.{convs[0]}", f"layers.{convs[-1]}")
    for name, model in MODELS.items()
    if len(convs := [i for i, layer in enumerate(model.layers) if isinstance(layer, nn.Conv2d)]) > 1
    and name != "larger"  # its convolutions stand beside each other
}


@pytest.mark.parametrize("name", MODELS)
def test_the_output_of_a_model(name: str) -> None:
    model, expected = MODELS[name], seen_by_nan(MODELS[name], 16)
    ((_, _, found),) = of_outputs(observe(model, [SHAPE]))
    assert [set(members(sources)) for sources in found.sets] == expected
    assert not found.doubts
    mixed = all(len(sources) == 16 for sources in expected)
    fewest = min(map(len, expected))
    _holds(mixed, lambda: testing.assert_channels_mixed(model, SHAPE))
    if fewest > 0:
        _holds(True, lambda: testing.assert_channel_receptive_field(model, SHAPE, layer="", at_least=fewest))
    if fewest < 16:
        _holds(False, lambda: testing.assert_channel_receptive_field(model, SHAPE, layer="", at_least=fewest + 1))


def _holds(expected: bool, assertion: object) -> None:
    if expected:
        assertion()  # type: ignore[operator]
    else:
        with pytest.raises(AssertionError, match="do not depend on"):
            assertion()  # type: ignore[operator]


@pytest.mark.parametrize("name", PAIRS)
def test_between_two_layers(name: str) -> None:
    model, (first, last) = MODELS[name], PAIRS[name]
    run = observe(model, [SHAPE])
    found = between(run, first, last)
    expected = seen_between(model, first, last, found.sources)
    assert [set(members(sources)) for sources in found.sets] == expected
    mixed = all(len(sources) == found.sources for sources in expected)
    _holds(mixed, lambda: testing.assert_channels_mixed(model, SHAPE, between=(first, last)))


def seen_between(model: nn.Module, first: str, last: str, sources: int, channels: int = 16) -> list[set[int]]:
    """One probe of the batch for each source, which is NaN at the output of ``first``."""
    kept: list[torch.Tensor] = []

    def taint(_: nn.Module, __: object, result: torch.Tensor) -> torch.Tensor:
        tainted = result.clone()
        width = result.shape[1] // sources
        for source in range(sources):
            tainted[source, source * width : (source + 1) * width] = float("nan")
        return tainted

    hooks = [
        model.get_submodule(first).register_forward_hook(taint),
        model.get_submodule(last).register_forward_hook(lambda _, __, result: kept.append(result.detach().clone())),
    ]
    with torch.no_grad():
        model.eval()(torch.randn(sources, channels, *SHAPE[2:]))
    for hook in hooks:
        hook.remove()
    reached = kept[0].isnan().flatten(2).any(2)
    return [set(reached[:, channel].nonzero().flatten().tolist()) for channel in range(reached.shape[1])]


def random_model(chosen: random.Random) -> nn.Sequential:
    """Grouped and transposed convolutions, shuffles, norms and pools, one behind the other."""
    width, layers = chosen.choice((8, 12, 16)), list[nn.Module]()
    for _ in range(7):
        groups = chosen.choice([g for g in range(1, width + 1) if width % g == 0])
        wide = groups * chosen.choice((1, 2, 3)) if groups > 2 else 8
        layers += chosen.choice(
            (
                [nn.Conv2d(width, wide, 3, padding=1, groups=groups)],
                [nn.ConvTranspose2d(width, wide, 1, groups=groups)],
                [nn.ChannelShuffle(groups)],
                [nn.GroupNorm(groups, width), nn.GELU()],
                [nn.AvgPool2d(3, 1, 1), nn.BatchNorm2d(width)],
            )
        )
        width = wide if hasattr(layers[-1], "kernel_size") and hasattr(layers[-1], "groups") else width
    return nn.Sequential(*layers, nn.Conv2d(width, 8, 1, groups=chosen.choice((1, 2, 4)) if width % 4 == 0 else 1))


@pytest.mark.parametrize("seed", range(40))
def test_random_models_between_any_two_layers(seed: int) -> None:
    chosen = random.Random(seed)
    model = random_model(chosen)
    run = observe(model, [(2, first_width(model), 8, 8)])
    first, last = map(str, sorted(chosen.sample(range(len(model)), 2)))
    found = between(run, first, last)
    expected = seen_between(model, first, last, found.sources, first_width(model))
    assert [set(members(s)) for s in found.sets] == expected
    assert not found.doubts


def first_width(model: nn.Sequential) -> int:
    """The channels that a model of these layers reads."""
    for layer in model:
        for name in ("in_channels", "num_channels", "num_features"):
            if hasattr(layer, name):
                return int(getattr(layer, name))
    raise AssertionError


def test_pairs_are_there() -> None:
    assert len(PAIRS) > 8


class Block(nn.Module):
    """A residual block: what passes beside its first convolution is no part of that one's output."""

    def __init__(self) -> None:
        super().__init__()
        self.first = conv(16, 16, 4)
        self.last = conv(16, 16, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(shuffled(self.first(x), 4) + x.mean(1, keepdim=True))


def test_what_passes_beside_the_first_layer_does_not_count() -> None:
    run = observe(Block(), [SHAPE])
    expected = seen_between(Block(), "first", "last", 4)
    assert [set(members(s)) for s in between(run, "first", "last").sets] == expected
    (inputs,) = of_layer(run, "first")
    assert [len(members(sources)) for sources in inputs.sets] == [4] * 16


def test_an_output_that_is_written_to_in_place() -> None:
    model = Run(lambda x, a, b: b(a(x).relu_()), conv(16, 16, 4), conv(16, 8, 8))
    run = observe(model, [SHAPE])
    found = between(run, "layers.0", "layers.1")
    assert [set(members(s)) for s in found.sets] == seen_between(model, "layers.0", "layers.1", 4)


def test_the_axis_of_the_channels_follows_them() -> None:
    """Without a batch, with channels last, and in a container whose kind tells nothing."""

    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix = conv(16, 16, 4)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.mix(x).movedim(1, -1)

    narrow = (0b1111, 0b1111 << 4, 0b1111 << 8, 0b1111 << 12)
    expected = tuple(block for block in narrow for _ in range(4))
    for model, shape in ((conv(16, 16, 4), (16, 8, 8)), (Last(), SHAPE), (nn.Sequential(Last()), SHAPE)):
        ((_, _, found),) = of_outputs(observe(model, [shape]))
        assert found.sets == expected
    with pytest.raises(AssertionError):
        testing.assert_channels_mixed(nn.Sequential(Last(), nn.Identity()), SHAPE)


def test_inputs_of_three_axes() -> None:
    """Tokens have their channels last, signals in the middle."""
    ((_, _, tokens),) = of_outputs(observe(nn.Sequential(nn.Linear(6, 5), nn.GELU()), [(2, 9, 6)]))
    assert (tokens.sources, tokens.sets) == (6, (63,) * 5)
    ((_, _, signal),) = of_outputs(observe(nn.Conv1d(6, 4, 1, groups=2), [(2, 6, 9)]))
    assert (signal.sources, signal.sets) == (6, (7, 7, 56, 56))


def test_folded_into_the_batch_channels_are_not_said_to_be_mixed() -> None:
    model = Run(lambda x, a: a(x.reshape(-1, 1, *x.shape[2:])), conv(1, 1, 1, 3))
    with pytest.raises(AssertionError, match=r"which reads channels folded into the batch, is not understood$"):
        testing.assert_channels_mixed(model, SHAPE)


def test_a_pool_of_images_in_channels_last_memory_is_followed() -> None:
    class Pooled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix = conv(16, 16, 4)
            self.project = conv(16, 8, 8, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.mix(x).to(memory_format=torch.channels_last)
            return self.project(nn.functional.adaptive_avg_pool2d(x, 1))

    found = between(observe(Pooled(), [SHAPE]), "mix", "project")
    assert found.sets == tuple(1 << i // 2 for i in range(8))


def test_tokens_have_their_channels_last() -> None:
    class Tokens(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mix = conv(16, 16, 4)
            self.project = nn.Linear(16, 6)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.project(self.mix(x).flatten(2).transpose(1, 2)).mean(1)

    found = between(observe(Tokens(), [SHAPE]), "mix", "project")
    assert found.sets == (15,) * 6
