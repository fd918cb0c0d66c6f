"""Forward methods become layer graphs whose channel moves are those that torch makes."""

from __future__ import annotations

import itertools
from pathlib import Path
from textwrap import dedent

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gconv_lint.frontends.source import analyse
from gconv_lint.model.graph import LayerGraph

MODULE = """
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.Conv2d({channels}, {channels}, 1, groups=2)
        self.after = nn.Conv2d({channels}, {channels}, 1, groups=2)

    def forward(self, x):
        x = self.before(x)
{moves}
        return self.after(x)


Block()
"""


def graphs_of(text: str, folder: Path) -> tuple[LayerGraph, ...]:
    path = folder / "model.py"
    path.write_text(text)
    analysis = analyse([str(path)])
    assert not analysis.problems
    for graph in analysis.graphs:
        graph.verify()
    return analysis.graphs


def forward(moves: list[str], folder: Path, channels: int = 24) -> LayerGraph:
    body = "\n".join(f"        {line}" for line in moves)
    (graph,) = graphs_of(MODULE.format(channels=channels, moves=body), folder)
    return graph


def kinds(graph: LayerGraph) -> list[str]:
    return [layer.kind for layer in graph.layers]


@st.composite
def shuffles(draw: st.DrawFn) -> list[str]:
    """Statements that split the 24 channels, permute the pieces, and join them again."""
    factors = draw(st.sampled_from([(2, 12), (12, 2), (4, 6), (3, 8), (2, 3, 4), (4, 3, 2), (1, 24), (24, 1), (6, 4)]))
    order = draw(st.permutations(range(len(factors))))
    axes = [0, *[1 + i for i in order], 1 + len(factors), 2 + len(factors)]
    split = ", ".join(map(str, factors))
    joined = draw(st.sampled_from(["24", "-1"]))
    return [
        "b, c, h, w = x.shape",
        f"x = x.view(b, {split}, h, w)",
        f"x = x.permute({', '.join(map(str, axes))}).contiguous()",
        f"x = x.{draw(st.sampled_from(['view', 'reshape']))}(b, {joined}, h, w)",
    ]


@settings(max_examples=60)
@given(chain=st.lists(shuffles(), min_size=1, max_size=3))
def test_permutations_are_those_of_torch(chain: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    moves = list(itertools.chain.from_iterable(chain))
    scope = {"x": torch.arange(24.0).view(1, 24, 1, 1).expand(2, 24, 5, 7).contiguous(), "torch": torch}
    exec("\n".join(moves), scope)
    expected = [int(v) for v in scope["x"][1, :, 2, 3]]
    graph = forward(moves, tmp_path_factory.mktemp("moves"))
    actual = list(range(24))
    for layer in graph.layers:
        assert layer.kind != "unknown"
        if layer.kind == "shuffle":
            actual = [actual[i] for i in layer.attrs["permutation"]]
    assert actual == expected


@pytest.mark.parametrize(
    ("moves", "kind"),
    [
        (["x = nn.ChannelShuffle(4)(x)"], "shuffle"),
        (["x = F.channel_shuffle(x, 4)"], "shuffle"),
        (["x = F.relu(x)"], "channelwise"),
        (["x = x + x"], "add"),
        (["x = x * torch.sigmoid(x)"], "mul"),
        (["x = torch.cat([x[:, 12:], x[:, :12]], dim=1)"], "cat"),
        (["a, b = x.chunk(2, dim=1)", "x = torch.cat((b, a), 1)"], "slice"),
        (["x = x.softmax(1)"], "unknown"),
        (["x = x.roll(1, 1)"], "unknown"),
        (["x = x.flip(1)"], "unknown"),
        (["b, c, h, w = x.shape", "x = x.view(b, c * h, 1, w).view(b, c, h, w)"], "unknown"),
        (["x = F.adaptive_avg_pool2d(x, 1)"], "global_pool"),
        (["x = x.mean((2, 3), keepdim=True)"], "global_pool"),
        (["x = x.mean((1, 2), keepdim=True)"], "unknown"),
        (["x = x.mean(keepdim=True)"], "unknown"),
        (["x = x.sum(dim=axes, keepdim=True)"], "unknown"),
    ],
)
def test_what_stands_between_two_convolutions(moves: list[str], kind: str, tmp_path: Path) -> None:
    assert kind in kinds(forward(moves, tmp_path))


def test_silent_operations_leave_no_trace(tmp_path: Path) -> None:
    graph = forward(["x = x.contiguous().clone()", "x = x * 2 + 1"], tmp_path)
    assert kinds(graph) == ["input", "conv", "conv"]


def test_undecided_branches_are_not_understood(tmp_path: Path) -> None:
    text = dedent(
        """
        import torch.nn as nn

        class Block(nn.Module):
            def __init__(self, mix):
                super().__init__()
                self.mix = mix
                self.a = nn.Conv2d(8, 8, 1, groups=2)
                self.b = nn.Conv2d(8, 8, 1, groups=2)

            def forward(self, x):
                x = self.a(x)
                if self.mix:
                    x = x.flip(1)
                return self.b(x)
        """
    )
    for graph in graphs_of(text, tmp_path):
        assert not any(layer.kind == "conv" and layer.inputs == (1,) for layer in graph.layers)


def test_script_runs_its_model(tmp_path: Path) -> None:
    text = dedent(
        """
        import torch
        import torch.nn as nn

        class Lone(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(16, 16, 3, padding=1, groups=16)

            def forward(self, x):
                return self.conv(x)

        x = torch.randn(1, 16, 32, 32)
        model = Lone()
        out = model(x)
        print(torch.corrcoef(out.view(16, -1)))
        """
    )
    closed = [g for g in graphs_of(text, tmp_path) if g.closed]
    assert [kinds(g) for g in closed] == [["input", "conv"]]
    assert closed[0].layers[1].out_shape == (1, 16, 32, 32)


def test_script_that_mixes_later_has_no_lone_output(tmp_path: Path) -> None:
    text = dedent(
        """
        import torch
        import torch.nn as nn

        class Conv(nn.Module):
            def __init__(self, groups):
                super().__init__()
                self.conv = nn.Conv2d(16, 16, 1, groups=groups)

            def forward(self, x):
                return self.conv(x)

        x = torch.randn(1, 16, 32, 32)
        lone, mix = Conv(16), Conv(2)
        y = lone(x)
        z = mix(y)
        """
    )
    (graph,) = [g for g in graphs_of(text, tmp_path) if g.closed]
    assert [graph.layers[o].conv.groups for o in graph.outputs] == [2]


def test_definitions_that_nobody_runs_are_open(tmp_path: Path) -> None:
    text = dedent(
        """
        import torch.nn as nn

        class Lone(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv = nn.Conv2d(16, 16, 3, padding=1, groups=16)

            def forward(self, x):
                return self.conv(x)

        def test_shape():
            model = Lone()
            assert model(object())
        """
    )
    assert not any(g.closed for g in graphs_of(text, tmp_path))


def test_what_one_trace_wrote_is_no_node_of_the_next(tmp_path: Path) -> None:
    text = dedent(
        """
        import torch
        import torch.nn as nn

        class Keeps(nn.Module):
            def __init__(self):
                super().__init__()
                self.a = nn.Conv2d(16, 16, 1, groups=4)
                self.b = nn.Conv2d(16, 16, 1, groups=4)
                self.kept = torch.zeros(1, 16, 4, 4)

            def forward(self, x):
                y = self.a(x)
                self.kept.copy_(y.flip(1))
                return self.b(y + self.kept)

        Keeps()(torch.zeros(1, 16, 4, 4))
        """
    )
    graphs = graphs_of(text, tmp_path)
    assert len(graphs) == 2
    for graph in graphs:
        assert all(source < layer.id for layer in graph.layers for source in layer.inputs)
        assert "unknown" in kinds(graph)


def test_layers_of_a_loop_are_named_after_their_place(tmp_path: Path) -> None:
    text = """
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Conv2d(16, 16, 3, padding=1, groups=4) for _ in range(2)])

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x
    """
    (graph,) = graphs_of(dedent(text), tmp_path)
    assert [layer.name for layer in graph.layers if layer.kind == "conv"] == ["layers.0", "layers.1"]


def test_sizes_given_as_lists_are_known(tmp_path: Path) -> None:
    text = """
    from torch import nn

    block = nn.Sequential(nn.Conv2d(16, 16, [3, 3], padding=[1, 1], groups=4), nn.ReLU())
    """
    (graph,) = graphs_of(dedent(text), tmp_path)
    (conv,) = [layer.conv for layer in graph.layers if layer.conv is not None]
    assert (conv.kernel_size, conv.padding) == ((3, 3), (1, 1))
