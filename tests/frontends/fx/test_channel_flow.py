"""The channel flow of recorded runs, against NaNs that travel through the real model."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gconv_lint.channels import KINDS, constructs
from gconv_lint.channels.alignment import aligned
from gconv_lint.channels.connectivity import connectivity
from gconv_lint.channels.flow import flow
from gconv_lint.channels.layout import plain, reduced
from gconv_lint.channels.relation import seeded
from gconv_lint.channels.route import follow
from gconv_lint.channels.wiring import Wiring
from gconv_lint.costs import table
from gconv_lint.frontends.fx.lowering import Lowering
from gconv_lint.frontends.fx.recording import record
from gconv_lint.model.places import Place

SIZE = 8


def seen_by_algebra(model: nn.Module, channels: int, size: int = SIZE) -> list[set[int]]:
    """The input channels that each output channel may depend on."""
    run = record(model, [torch.empty(2, channels, size, size, device="meta")], {})
    lowering = Lowering(run, lambda path: Place(path, 1, 1, 1, 1))
    graph = lowering.graph("model")
    assert graph.gaps == ()
    node = lowering.nodes[run.outputs[0]]
    relation = flow(Wiring(graph), 0, seeded(channels, channels))[node.layer]
    shape = node.layout.shape
    narrow, together = reduced(node.layout, [i for i in range(len(shape)) if i != 1], True)
    wide = aligned([narrow, plain([shape[1] if i == 1 else 1 for i in range(len(shape))], 1)])
    assert wide is not None
    for route in (together, wide[1][0]):
        relation = relation if route is None else follow(route, relation)
    assert relation.width == shape[1]
    return [{i for i in range(channels) if sources >> i & 1} for sources in relation.of_channels()]


def seen_by_nan(model: nn.Module, channels: int, size: int = SIZE) -> list[set[int]]:
    """One probe of the batch for each input channel, which is NaN there: the outputs that are NaN depend on it."""
    x = torch.randn(channels, channels, size, size)
    for i in range(channels):
        x[i, i] = float("nan")
    with torch.no_grad():
        y = model.eval()(x)
    reached = y.isnan().flatten(2).any(2) if y.dim() > 2 else y.isnan()
    return [set(reached[:, j].nonzero().flatten().tolist()) for j in range(reached.shape[1])]


class Run(nn.Module):
    """Layers, and a function of the input and them."""

    def __init__(self, run: Callable[..., torch.Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.run = run
        self.layers = nn.ModuleList(layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(x, *self.layers)


def conv(inside: int, outside: int, groups: int, size: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, size, padding=size // 2, groups=groups)


def shuffled(x: torch.Tensor, groups: int) -> torch.Tensor:
    b, c, h, w = x.shape
    return x.view(b, groups, c // groups, h, w).transpose(1, 2).reshape(b, c, h, w)


def attention(x: torch.Tensor) -> torch.Tensor:
    t = x.flatten(2).transpose(1, 2)
    return (torch.softmax(t @ t.transpose(1, 2), -1) @ t).transpose(1, 2).reshape(x.shape)


def attention_of_torch(x: torch.Tensor) -> torch.Tensor:
    t = x.flatten(2).transpose(1, 2).unsqueeze(1)
    mask = torch.ones(t.shape[2], t.shape[2], dtype=torch.bool, device=x.device)
    return F.scaled_dot_product_attention(t, t, t, attn_mask=mask).squeeze(1).transpose(1, 2).reshape(x.shape)


def across(x: torch.Tensor) -> torch.Tensor:
    t = x.flatten(2)
    return (torch.softmax(t @ t.transpose(1, 2), -1) @ t).reshape(x.shape)


def folded(x: torch.Tensor) -> torch.Tensor:
    return F.conv2d(x.reshape(1, -1, *x.shape[2:]), torch.ones(16 * x.shape[0], 16, 1, 1), groups=x.shape[0]).view(
        x.shape
    )


def in_place(x: torch.Tensor) -> torch.Tensor:
    y = x.detach()
    y.mul_(x.mean(1, keepdim=True))
    return x


def written_part(x: torch.Tensor, a: nn.Module) -> torch.Tensor:
    out = torch.zeros_like(x)
    out[:, 4:8] = a(x)[:, :4]
    out[:, 8:] = x[:, 8:]
    return out


def written_channel(x: torch.Tensor, a: nn.Module) -> torch.Tensor:
    out = x.clone()
    out[:, 3] = a(x)[:, 0]
    return out


def seen_through_a_part(x: torch.Tensor, a: nn.Module) -> torch.Tensor:
    y = a(x).clone()
    part = y[:, 2:6]
    y.add_(x.flip(1))
    return torch.cat([part, y], 1)


def part_in_place(x: torch.Tensor, a: nn.Module) -> torch.Tensor:
    y = a(x).clone()
    y[:, :8].mul_(x[:, 8:])
    return y


def copied(x: torch.Tensor, a: nn.Module) -> torch.Tensor:
    y = a(x).clone()
    y.copy_(x.flip(1))
    y[:, :4].fill_(1.0)
    y[:, 4:6] = 0
    y[:, 6:8].copy_(x[:, :1])
    return y


def unpooled(x: torch.Tensor, a: nn.Module) -> torch.Tensor:
    y, where = F.max_pool2d(a(x), 2, return_indices=True)
    return F.max_unpool2d(y, where, 2)


PERMUTATION = torch.tensor([0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15])

MODELS: dict[str, Run] = {
    "two grouped": Run(lambda x, a, b: b(a(x).relu()), conv(16, 16, 4, 3), conv(16, 16, 4)),
    "a shuffle": Run(lambda x, a, b: b(shuffled(a(x), 4)), conv(16, 16, 4), conv(16, 16, 4)),
    "another shuffle": Run(lambda x, a, b: b(shuffled(a(x), 2)), conv(16, 16, 4), conv(16, 16, 4)),
    "torch's shuffle": Run(lambda x, a, s, b: b(s(a(x))), conv(16, 16, 4), nn.ChannelShuffle(4), conv(16, 16, 4)),
    "more groups than meet": Run(lambda x, a, b: b(shuffled(a(x), 8)), conv(16, 16, 8), conv(16, 16, 4)),
    "a residual": Run(lambda x, a: a(x) + x, conv(16, 16, 16, 3)),
    "dense": Run(lambda x, a, b: b(a(x)), conv(16, 8, 1), conv(8, 16, 4)),
    "a multiplier": Run(lambda x, a, b: b(a(x)), conv(16, 32, 16), conv(32, 16, 8)),
    "halves": Run(lambda x, a: torch.cat([a(x[:, :8]), x[:, 8:]], 1), conv(8, 8, 4)),
    "halves that change places": Run(lambda x, a: a(torch.cat(x.chunk(2, 1)[::-1], 1)), conv(16, 16, 8)),
    "uneven parts": Run(lambda x, a: a(torch.cat((*x.split([6, 10], 1),), 1)), conv(16, 16, 8)),
    "squeeze and excitation": Run(
        lambda x, a, s, b: b(a(x) * torch.sigmoid(s(x.mean((2, 3), keepdim=True)))),
        *(conv(16, 16, 4), conv(16, 16, 1), conv(16, 16, 4)),
    ),
    "a grouped gate": Run(
        lambda x, a, s: a(x) * torch.sigmoid(s(F.adaptive_avg_pool2d(x, 1))), conv(16, 16, 4), conv(16, 16, 2)
    ),
    "group norm": Run(lambda x, a, n, b: b(n(a(x))), conv(16, 16, 8), nn.GroupNorm(4, 16), conv(16, 16, 8)),
    "layer norm": Run(lambda x, a, n: n(a(x).movedim(1, -1)).movedim(-1, 1), conv(16, 16, 4), nn.LayerNorm(16)),
    "batch norm": Run(lambda x, a, n: n(a(x)), conv(16, 16, 4), nn.BatchNorm2d(16)),
    "mean over channels": Run(lambda x, a: a(x) + a(x).mean(1, keepdim=True), conv(16, 16, 4)),
    "pixel shuffle": Run(lambda x, a: F.pixel_shuffle(a(x), 2), conv(16, 16, 4)),
    "pixel unshuffle": Run(lambda x, a: a(F.pixel_unshuffle(x, 2)), conv(64, 64, 16)),
    "tokens": Run(lambda x, a: a(x.flatten(2).transpose(1, 2)).transpose(1, 2).reshape(x.shape), nn.Linear(16, 16)),
    "tokens and back": Run(lambda x, a: a(x.flatten(2).transpose(1, 2).transpose(1, 2).view(x.shape)), conv(16, 16, 4)),
    "attention over space": Run(lambda x, a: attention(a(x)), conv(16, 16, 4)),
    "attention over channels": Run(lambda x, a: across(a(x)), conv(16, 16, 4)),
    "a constant permutation": Run(lambda x, a, b: b(a(x)[:, PERMUTATION]), conv(16, 16, 4), conv(16, 16, 4)),
    "an index made beside the input": Run(
        lambda x, a, b: b(a(x)[:, torch.arange(16, device=x.device).view(4, 4).t().flatten()]),
        *(conv(16, 16, 4), conv(16, 16, 4)),
    ),
    "index_select": Run(lambda x, a: a(x.index_select(1, PERMUTATION.flip(0))), conv(16, 16, 4)),
    "every second channel": Run(lambda x, a: a(x[:, ::2]), conv(8, 8, 4)),
    "an empty part": Run(lambda x, a: a(torch.cat([x[:, 4:], x[:, :0], x[:, :4]], 1)), conv(16, 16, 4)),
    "flip and roll": Run(lambda x, a: a(x.flip(1).roll(3, 1)), conv(16, 16, 4)),
    "rolled over space": Run(lambda x, a: a(x).roll((1, 2), (2, 3)), conv(16, 16, 4)),
    "rolled over channels and space": Run(
        lambda x, a, b: b(a(x).roll((3, 2), (1, 3))), conv(16, 16, 4), conv(16, 16, 4)
    ),
    "nothing in front": Run(
        lambda x, a: torch.cat((x[:, :0], torch.zeros(0, device=x.device), a(x)), 1), conv(16, 16, 4)
    ),
    "nothing": Run(lambda x, a: a(x) + (x[:, :0] * 2).sum() + (x[:0].mean((2, 3)) + 1).sum(), conv(16, 16, 4)),
    "unsafely split": Run(lambda x, a: torch.cat(torch.unsafe_split(a(x), 8, 1)[::-1], 1), conv(16, 16, 8)),
    "attention of torch": Run(lambda x, a: attention_of_torch(a(x)), conv(16, 16, 4)),
    "stacked": Run(lambda x, a, b: torch.stack([a(x), b(x)], 2).flatten(1, 2), conv(16, 8, 8), conv(16, 8, 4)),
    "parts in turn": Run(lambda x, a: torch.stack(a(x).unbind(1)[::-1], 1), conv(16, 16, 8)),
    "repeated along channels and space": Run(lambda x, a: a(x.repeat(1, 2, 2, 1)), conv(32, 16, 8)),
    "too many repeats to look at": Run(lambda x, a: a(x.repeat(1, 4096, 1, 1)[:, :16]), conv(16, 16, 4)),
    "repeated": Run(lambda x, a: a(x.repeat(1, 2, 1, 1)), conv(32, 16, 8)),
    "expanded": Run(
        lambda x, a: (x.unsqueeze(2).expand(-1, -1, 2, -1, -1)).reshape(x.shape[0], 32, 8, 8), nn.Identity()
    ),
    "batch in channels": Run(lambda x: folded(x)),
    "matrix": Run(lambda x, a: torch.einsum("bchw,dc->bdhw", a(x), torch.ones(8, 16)), conv(16, 16, 4)),
    "mixed over space": Run(lambda x, a, b: b(a(x).flatten(2)).view(x.shape), conv(16, 16, 4), nn.Linear(64, 64)),
    "matrices of space": Run(
        lambda x, a, b: b((torch.ones(64, 64) @ a(x).flatten(2).mT).mT.reshape(x.shape)),
        conv(16, 16, 4),
        conv(16, 16, 8),
    ),
    "a matrix for each group": Run(
        lambda x, a, b: b((torch.ones(4, 4, 4) @ a(x).view(-1, 4, 4, 64)).view(x.shape)),
        conv(16, 16, 4),
        conv(16, 16, 8),
    ),
    "a wider matrix for each group": Run(
        lambda x, a: a(torch.einsum("goc,ngchw->ngohw", torch.ones(4, 6, 4), x.view(-1, 4, 4, 8, 8)).flatten(1, 2)),
        conv(24, 24, 8),
    ),
    "transposed": Run(lambda x, a, b: b(a(x)), nn.ConvTranspose2d(16, 8, 2, 2, groups=4), conv(8, 8, 4)),
    "channels dealt over space": Run(
        lambda x, a, b: b(a(x.flatten(2).transpose(1, 2).reshape(x.shape))), conv(16, 16, 4), conv(16, 16, 4)
    ),
    "flattened": Run(lambda x, a: a(x.flatten(1)), nn.Linear(16 * SIZE * SIZE, 4)),
    "pool and resize": Run(lambda x, a: F.interpolate(F.max_pool2d(a(x), 2), scale_factor=2), conv(16, 16, 4)),
    "padding": Run(lambda x, a: a(F.pad(x, (1, 1, 0, 2))), conv(16, 16, 4)),
    "channels of zeros": Run(lambda x, a: a(F.pad(x, (0, 0, 0, 0, 6, 2))), conv(24, 24, 12)),
    "channels and space of zeros": Run(lambda x, a: a(F.pad(x, (1, 1, 0, 0, 6, 2))), conv(24, 24, 12)),
    "cropped": Run(lambda x, a: a(F.pad(x, (-1, -1, 2, 0))), conv(16, 16, 4)),
    "fewer channels": Run(lambda x, a: a(F.pad(x, (0, 0, 0, 0, -4, -4))), conv(8, 8, 4)),
    "largest": Run(lambda x, a: a(x).max(1, keepdim=True)[0] + torch.zeros_like(x), conv(16, 16, 4)),
    "larger": Run(lambda x, a, b: torch.max(a(x), b(x)), conv(16, 16, 4), conv(16, 16, 8)),
    "a piece in place": Run(lambda x, a: torch.cat([p.relu_() for p in a(x).split(8, 1)], 1), conv(16, 16, 4)),
    "a view in place": Run(lambda x, a: in_place(a(x)), conv(16, 16, 4)),
    "in place": Run(lambda x, a: a(x).relu_().mul_(2).add_(x), conv(16, 16, 4)),
    "normalised": Run(lambda x, a: F.normalize(a(x)), conv(16, 16, 4)),
    "normalised over space": Run(lambda x, a: F.normalize(a(x), p=1, dim=(2, 3)), conv(16, 16, 4)),
    "length": Run(lambda x, a: x * torch.linalg.vector_norm(a(x), dim=(2, 3), keepdim=True), conv(16, 16, 4)),
    "length of everything": Run(lambda x, a: a(x)[:1] * a(x).norm() + a(x), conv(16, 16, 4)),
    "softmax over channels": Run(lambda x, a: a(x).softmax(1), conv(16, 16, 4)),
    "softmax in groups": Run(lambda x, a: a(x).view(-1, 4, 4, 8, 8).softmax(2).flatten(1, 2), conv(16, 16, 16)),
    "two paths": Run(lambda x, a, b: a(x) + shuffled(b(x), 4), conv(16, 16, 8), conv(16, 16, 16)),
    "a part that is written": Run(written_part, conv(16, 16, 4)),
    "a channel that is written": Run(written_channel, conv(16, 16, 4)),
    "a part of what is written": Run(seen_through_a_part, conv(16, 16, 4)),
    "a part times another": Run(part_in_place, conv(16, 16, 4)),
    "copies and constants": Run(copied, conv(16, 16, 4)),
    "unpooled": Run(unpooled, conv(16, 16, 4)),
    "the largest three": Run(lambda x, a: a(x).topk(3, 1)[0], conv(16, 16, 4)),
    "the largest in space": Run(lambda x, a: a(x).flatten(2).topk(4, 2)[0], conv(16, 16, 4)),
    "split attention": Run(
        lambda x, a: (a(x).view(-1, 2, 8, 8, 8) * a(x).view(-1, 2, 8, 8, 8).sum(1, True).mean((3, 4), True)).sum(1),
        conv(16, 16, 4),
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_equal_to_the_oracle(name: str) -> None:
    assert seen_by_algebra(MODELS[name], 16) == seen_by_nan(MODELS[name], 16)


def test_a_product_with_too_many_positions_to_look_at_costs_what_it_costs() -> None:
    model = Run(lambda x: x.flatten(2) @ x.flatten(2).mT)
    graph = Lowering(
        record(model, [torch.empty(1, 2048, 2, 2, device="meta")], {}), lambda path: Place(path, 1, 1, 1, 1)
    ).graph("model")
    _, totals = table(graph.layers, {})
    assert totals.macs == 2048 * 2048 * 4
    assert [each.components for each in connectivity(graph)] == [1]


@pytest.mark.parametrize("name", MODELS)
def test_every_question_about_the_graph_has_an_answer(name: str) -> None:
    run = record(MODELS[name], [torch.empty(2, 16, SIZE, SIZE, device="meta")], {})
    graph = Lowering(run, lambda path: Place(path, 1, 1, 1, 1)).graph("model")
    assert {each.kind for each in constructs([graph])} <= KINDS
    assert all(each.components for each in connectivity(graph))


ZOO = {
    "shufflenet": "shufflenet_g3_wd4",
    "shufflenetv2": "shufflenetv2_wd2",
    "igcv3": "igcv3_wd4",
    "resnext": "resnext14_16x4d",
    "menet": "menet108_8x1_g3",
    "channelnet": "channelnet",
    "mixnet": "mixnet_s",
}


@pytest.mark.parametrize("name", ZOO)
def test_units_of_published_models(name: str) -> None:
    """The first units with grouped convolutions; whole models are connected, which says little."""
    model = getattr(import_module(f"pytorchcv.models.{name}"), ZOO[name])()
    units = [m for m in model.modules() if type(m).__name__.endswith("Unit") or type(m).__name__.endswith("Block")]
    tried = 0
    for unit in units:
        convs = [m for m in unit.modules() if isinstance(m, nn.Conv2d)]
        if tried < 4 and len(convs) > 1 and any(c.groups > 1 for c in convs) and convs[0].in_channels <= 120:
            channels = convs[0].in_channels
            try:
                expected = seen_by_nan(unit, channels)
            except (RuntimeError, TypeError):  # units with several inputs, or other channels than their first layer's
                continue
            assert seen_by_algebra(unit, channels) == expected
            tried += 1
    assert tried


#: Results of comparisons, through which no NaN passes: the algebra has to know more.
RANKED: dict[str, Run] = {
    "sorted": Run(lambda x, a: a(x).sort(1)[0], conv(16, 16, 4)),
    "places of the largest": Run(lambda x, a: a(x).max(1, keepdim=True)[1] + 0 * x, conv(16, 16, 4)),
    "places in order": Run(lambda x, a: a(x).argsort(1) + 0 * x, conv(16, 16, 4)),
    "picked by rank": Run(lambda x, a: x.gather(1, a(x).argsort(1)), conv(16, 16, 4)),
}


@pytest.mark.parametrize("name", RANKED)
def test_numbers_that_a_run_computes_depend_on_everything(name: str) -> None:
    assert seen_by_algebra(RANKED[name], 16) == [set(range(16))] * 16


class Buffered(nn.Module):
    """A permutation that comes with the weights."""

    def __init__(self, wrap: Callable[[torch.Tensor], torch.Tensor] = lambda order: order) -> None:
        super().__init__()
        self.wrap = wrap
        self.first, self.second = conv(16, 16, 4), conv(16, 16, 4)
        self.register_buffer("order", torch.zeros(16, dtype=torch.int64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x).index_select(1, self.wrap(self.order)))


GAPS: dict[str, tuple[nn.Module, str]] = {
    "an index that is not loaded yet": (
        Buffered(),
        "the index `order` is all zeros, as if it were still to be loaded",
    ),
    "such an index, wrapped": (
        Buffered(lambda order: order.view(4, 4).flatten()),
        "an index that the model stores is all zeros, as if it were still to be loaded",
    ),
    "channels in the batch": (
        Run(lambda x, a: a(x.reshape(-1, 1, 8, 8)).reshape(x.shape), conv(1, 1, 1, 3)),
        "a convolution over channels that are folded into the batch is not followed",
    ),
    "a number of its values": (
        Run(lambda x, a: a(x) * x.sum().item(), conv(16, 16, 4)),
        "`_local_scalar_dense` makes a plain number of what depends on the input",
    ),
    "a constant table of places": (
        Run(lambda x, a: a(x).gather(1, torch.zeros(2, 16, 8, 8, dtype=torch.int64)), conv(16, 16, 4)),
        "the operation `gather` is not understood",
    ),
    "written by numbers": (
        Run(lambda x, a: a(x).index_copy(1, torch.tensor([1, 0]), x[:, :2]), conv(16, 16, 4)),
        "the operation `index_copy` is not understood",
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_what_is_not_followed_is_said_and_judged_by_nobody(name: str) -> None:
    model, why = GAPS[name]
    device = "cpu" if "number" in name else "meta"
    run = record(model, [torch.ones(2, 16, SIZE, SIZE, device=device)], {})
    graph = Lowering(run, lambda path: Place(path, 1, 1, 1, 1)).graph("model")
    assert why in [gap.reason for gap in graph.gaps]
    told = constructs([graph], ("chain", "connection", "shuffled_pair", "dropped_channels"))
    assert [each.kind for each in told if "components" in each.values or each.kind == "dropped_channels"] == []
    assert all(each.components is None for each in connectivity(graph))
