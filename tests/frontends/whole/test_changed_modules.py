"""Modules that are changed after they are made: what they are then, or that it is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from gconv_lint.costs import table
from tests.frontends.whole.test_evaluation import evaluated, params

BASE = """
class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3)
        self.b = nn.Conv2d(8, 8, 3)
    def forward(self, x):
        return self.b(self.a(x))
"""
#: Parameters of the base, and the multiply-accumulates of its convolutions where the second sees a quarter of it.
PARAMS, HALVED = 808, 30 * 30 * 27 * 8 + 13 * 13 * 72 * 8
HOOKED = {
    "hook in the dictionary": "m.a._forward_hooks[0] = lambda mod, i, o: o[:, :, ::2, ::2]",
    "pre-hook in the dictionary": "m.b._forward_pre_hooks[0] = lambda mod, i: (i[0][:, :, ::2, ::2],)",
    "pre-hook": "m.b.register_forward_pre_hook(lambda mod, i: i[0][:, :, ::2, ::2])",
    "pre-hook with names": (
        "m.b.register_forward_pre_hook(lambda mod, a, k: ((a[0][:, :, ::2, ::2],), k), with_kwargs=True)"
    ),
    "hook with names": "m.a.register_forward_hook(lambda mod, a, k, o: o[:, :, ::2, ::2], with_kwargs=True)",
    "hook that comes first": (
        "m.a.register_forward_hook(lambda mod, i, o: o[:, :, ::2, ::2])\n"
        "    m.a.register_forward_hook(lambda mod, i, o: o if o.shape[-1] == 30 else o / 0, prepend=True)"
    ),
    "hook that once had names": (
        "f = lambda mod, i, o: o[:, :, ::2, ::2]\n"
        "    m.a.register_forward_hook(f, with_kwargs=True).remove()\n    m.a.register_forward_hook(f)"
    ),
    "one of two that is removed": (
        "h = m.a.register_forward_hook(lambda mod, i, o: o[:, :, ::3])\n"
        "    m.a.register_forward_hook(lambda mod, i, o: o[:, :, ::2, ::2])\n    h.remove()"
    ),
}


@pytest.mark.parametrize("code", HOOKED.values(), ids=HOOKED)
def test_hooks_run_however_they_are_registered(tmp_path: Path, code: str) -> None:
    found = evaluated(tmp_path, f"{BASE}\ndef Net():\n    m = Base()\n    {code}\n    return m\n")
    totals = table(found.graphs[0].layers, found.owners or {})[1]
    assert (found.missed, found.problem, totals.params, totals.conv_macs) == ((), None, PARAMS, HALVED)


def test_a_hook_with_unknown_options_leaves_the_module_unknown(tmp_path: Path) -> None:
    code = "import somewhere\n    m.a.register_forward_hook(lambda mod, i, o: o[:, :, ::2], with_kwargs=somewhere.x)"
    found = evaluated(tmp_path, f"{BASE}\ndef Net():\n    m = Base()\n    {code}\n    return m\n")
    assert found.missed
    assert table(found.graphs[0].layers, found.owners or {})[1].conv_macs == 30 * 30 * 27 * 8


def test_a_tensor_that_is_resized_has_its_new_size(tmp_path: Path) -> None:
    text = f"{BASE}\nclass Net(Base):\n    def forward(self, x):\n        x = x.clone()\n"
    found = evaluated(tmp_path, f"{text}        x.resize_(1, 3, 8, 8)\n        return super().forward(x)\n")
    assert [gap.reason for gap in found.missed] == ["`Tensor.resize_` is not followed"]
    assert table(found.graphs[0].layers, {})[1].conv_macs == 6 * 6 * 27 * 8 + 4 * 4 * 72 * 8


def test_apply_begins_with_the_innermost_in_their_order(tmp_path: Path) -> None:
    text = """
def Net():
    seen = []
    m = nn.Sequential(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), nn.BatchNorm2d(8))
    m.apply(lambda mod: seen.append(type(mod).__name__))
    places = [seen.index(name) for name in ("Conv2d", "ReLU", "BatchNorm2d")]
    m.append(nn.Conv2d(8, 100 * places[0] + 10 * places[1] + places[2], 1))
    return m
"""
    found = evaluated(tmp_path, text)
    assert not found.missed
    assert params(found) == 224 + 16 + 9 * 13


def test_apply_sees_what_a_function_adds_on_its_way(tmp_path: Path) -> None:
    text = """
def add(mod):
    if isinstance(mod, nn.Sequential) and len(mod) < 2:
        mod.append(nn.Conv2d(8, 8, 1))
def Net():
    return nn.Sequential(nn.Sequential(nn.Conv2d(3, 8, 3))).apply(add)
"""
    found = evaluated(tmp_path, text)
    assert not found.missed
    assert params(found) == 224 + 2 * 72


@pytest.mark.parametrize("bases", ["nn.Module, metaclass=Meta", "Between", "Plain, Between"])
@pytest.mark.parametrize("method", ["__init__(cls, name, bases, body)", "__new__(mcs, name, bases, body)"])
def test_a_metaclass_that_may_change_the_class_is_a_gap(tmp_path: Path, bases: str, method: str) -> None:
    text = f"""
class Meta(type):
    def {method}:
        body["width"] = 16
class Plain(nn.Module):
    pass
class Between(nn.Module, metaclass=Meta):
    pass
class Net({bases}):
    width = 4
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, self.width, 3)
    def forward(self, x):
        return self.a(x)
"""
    assert "`Net` has a metaclass that makes the class" in [gap.reason for gap in evaluated(tmp_path, text).missed]


def test_a_submodule_is_set_by_its_path(tmp_path: Path) -> None:
    text = """
def Net():
    m = nn.Sequential(nn.Sequential(nn.Conv2d(3, 8, 3)))
    m.set_submodule("0.0", nn.Conv2d(3, 4, 1))
    return m
"""
    found = evaluated(tmp_path, text)
    assert not found.missed
    assert params(found) == 16


@pytest.mark.parametrize("made", ["nn.Conv2d(3, -4, 1)", "nn.Linear(3, 8).register_buffer('x', torch.zeros(-1, 4))"])
def test_no_tensor_has_a_negative_size(tmp_path: Path, made: str) -> None:
    found = evaluated(tmp_path, f"def Net():\n    {made}\n    return nn.Conv2d(3, 8, 1)\n")
    assert [gap.reason for gap in found.missed] == ["it makes tensors of a negative size"]


@pytest.mark.parametrize(
    "code", ["x.repeat(1, 1, 2147483647, 1)", "nn.functional.pad(x, (1180591620717411303424, 1, 1, 1))"]
)
def test_an_axis_that_is_too_long_to_be_looked_at_is_no_error_of_our_own(tmp_path: Path, code: str) -> None:
    text = f"class Net(nn.Module):\n    def forward(self, x):\n        return {code}\n"
    assert not [gap.reason for gap in evaluated(tmp_path, text).missed if "could not be followed" in gap.reason]


def test_an_input_that_is_written_to_is_what_it_was_before(tmp_path: Path) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
    def forward(self, x):
        x.relu_()
        return self.conv(x)
"""
    (graph,) = evaluated(tmp_path, text).graphs
    assert [layer.kind for layer in graph.layers] == ["input", "channelwise", "conv"]
