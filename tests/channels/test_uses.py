"""Grouped convolutions where they stand in a graph."""

from __future__ import annotations

from typing import Any

from graph_support import Sketch, told

from gconv_lint import channels
from gconv_lint.model.dims import Sym, multiply

DIM = Sym.atom("dim")


def uses(s: Sketch, *outputs: int, closed: bool = False) -> list[dict[str, Any]]:
    return [dict(c.values) for c in told(s.graph(*outputs, closed=closed), "conv_use")]


def test_what_is_known_of_a_convolution() -> None:
    s = Sketch(32, name="Net")
    s.linear(s.pool(s.op(s.conv(s.op(0, "other"), 32, 64, 4, name="body", stride=(2, 2)), "batch_norm")))
    assert uses(s) == [
        {
            "name": "body",
            "model": "Net",
            "in_channels": 32,
            "out_channels": 64,
            "groups": 4,
            "depthwise": False,
            "pointwise": False,
            "unit_stride": False,
            "bias": True,
            "closed": False,
            "source": "input",
            "consumers": 1,
            "consumer": "batch_norm",
            "leads_to": "global_pool",
            "last": False,
            "role": "",
            "position": 1.0,
            "dense_ahead": True,
            "dense_distance": 1,
            "parallel_dense": False,
            "kernel": 3,
            "expanded": False,
        }
    ]


def test_what_is_not_known_is_left_out() -> None:
    s = Sketch(None)
    s.conv(0, None, 2.0, None, kernel_size=None, stride=(None, 1), bias=None)
    (found,) = uses(s)
    unknown = {"in_channels", "out_channels", "groups", "depthwise", "pointwise", "unit_stride", "bias", "position"}
    assert unknown.isdisjoint(found)


def test_expressions_are_compared() -> None:
    s = Sketch(None)
    x = s.conv(0, DIM, multiply(2, DIM), DIM)
    x = s.conv(x, DIM, Sym.atom("width"), DIM)
    x = s.conv(x, DIM, DIM, 4)
    s.conv(x, 32, 48, 32, kernel_size=(1, 1))
    assert [u.get("depthwise") for u in uses(s)] == [True, None, None, False]
    assert uses(s)[3]["pointwise"]


def test_dense_convolutions_are_not_told() -> None:
    s = Sketch(32)
    s.conv(0, 32, 64)
    assert uses(s) == []
    s.shuffle(0, 4)
    assert uses(s) == []


def test_readers() -> None:
    s = Sketch(32)
    a, b, c = s.conv(0, 32, 32, 4), s.conv(0, 32, 32, 4), s.conv(0, 32, 32, 4)
    s.plus(s.op(a), s.conv(s.op(a), 32, 32))
    s.conv(s.op(s.op(b, "batch_norm")), 32, 32)
    found = uses(s, b, c)
    assert [u["consumers"] for u in found] == [2, 2, 1]
    assert [u["consumer"] for u in found] == ["activation", "batch_norm", "output"]
    assert [u["leads_to"] for u in found] == ["several", "several", "output"]
    assert [u["last"] for u in found] == [False, False, True]


def test_the_last_convolution() -> None:
    s = Sketch(32)
    x = s.conv(s.conv(0, 32, 32, 4), 32, 32, 4)
    assert [u["last"] for u in uses(s, s.op(x))] == [False, True]
    assert ["last" in u for u in uses(s, s.add("unknown", (x,)))] == [True, False]


def test_parts_of_a_model_by_name() -> None:
    s = Sketch(32)
    names = ("backbone.stage1.conv", "neck.lateral", "bbox_head.conv", "downSample", "up2", "skip", "overhead", "conv")
    x = 0
    for name in names:
        x = s.conv(x, 32, 32, 4, name=name)
    assert [u["role"] for u in uses(s)] == ["backbone", "neck", "head", "down", "up", "skip", "", ""]


def test_the_groups_before_in_the_same_part() -> None:
    s = Sketch(32)
    x = s.conv(s.conv(0, 32, 32, 4, name="down1"), 32, 32, 2, name="up1")
    x = s.conv(s.conv(x, 32, 32, 32, name="down2"), 32, 32, 8, name="down3")
    s.conv(x, 32, 32, 8, name="up2")
    assert [u.get("previous_groups") for u in uses(s)] == [None, None, 4, 4, 2]


def test_positions_follow_the_resolution() -> None:
    s = Sketch(32)
    x = 0
    for _ in range(3):
        x = s.op(s.conv(x, 32, 32, 4), "pool")
    s.conv(x, 32, 32, 4, transposed=True, stride=2)
    assert [round(u["position"], 2) for u in uses(s)] == [0, 0.33, 0.67, 1]


def test_only_what_is_asked_is_told() -> None:
    s = Sketch(8)
    s.conv(s.conv(s.shuffle(0, 8), 8, 8, 4), 16, 16, 4)
    graphs = [s.graph(closed=True)]
    everything = {c.kind for c in channels.constructs(graphs)}
    assert everything == {"identity_shuffle", "edge", "conv_use", "unmixed_output"}
    assert {c.kind for c in channels.constructs(graphs, {"edge"})} == {"edge"}
    assert channels.constructs(graphs, ()) == []
    assert channels.constructs([Sketch(8).graph(closed=True)]) == []


def test_shapes_tell_more_of_the_resolution_than_strides() -> None:
    s = Sketch(32)
    x = s.conv(0, 32, 32, 4, stride=2)
    x = s.op(x, "pool")
    s.conv(x, 32, 32, 4)
    shapes = [(1, 32, n, n) for n in (16, 8, 8, 8)]
    s.layers = [layer._replace(out_shape=shape) for layer, shape in zip(s.layers, shapes, strict=True)]
    assert [u["position"] for u in uses(s)] == [1, 1]
