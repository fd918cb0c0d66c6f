"""Assertions about live models: what they say, and that the models stay as they were."""

from __future__ import annotations

import copy
import inspect
import random
import re
from collections import OrderedDict
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gconv_lint import testing
from gconv_lint.selection import SettingError

X = (2, 16, 8, 8)


def grouped(inside: int = 16, outside: int = 16, groups: int = 4) -> nn.Conv2d:
    return nn.Conv2d(inside, outside, 1, groups=groups)


def stacked(*between: nn.Module) -> nn.Sequential:
    parts = [("a", grouped()), *((f"m{i}", part) for i, part in enumerate(between)), ("b", grouped())]
    return nn.Sequential(OrderedDict([*parts, ("fc", nn.Conv2d(16, 8, 1))]))


class Doing(nn.Module):
    """Two grouped convolutions with something of the test's between them."""

    def __init__(self, do: Any, *more: nn.Module) -> None:
        super().__init__()
        self.a, self.b = grouped(), grouped()
        self.more = nn.ModuleList(more)
        self.do = do

    def forward(self, x: Tensor, *rest: Tensor) -> Any:
        return self.b(self.do(self.a(x), *rest, *self.more))


def message(assertion: Any, *words: Any, kind: type[Exception] = AssertionError, **options: Any) -> str:
    with pytest.raises(kind) as caught:
        assertion(*words, **options)
    return str(caught.value)


def test_what_is_asked_and_what_is_found() -> None:
    text = message(testing.assert_channel_receptive_field, stacked(nn.ReLU()), X, layer="b", at_least=16)
    assert text == (
        "16 of 16 output channels of `b` do not depend on at least 16 input channels\n"
        "  output channels 0-3 of `b` depend on 4 of 16 input channels: 0-3\n"
        "  output channels 4-7 of `b` depend on 4 of 16 input channels: 4-7\n"
        "  output channels 8-11 of `b` depend on 4 of 16 input channels: 8-11\n"
        "  output channels 12-15 of `b` depend on 4 of 16 input channels: 12-15\n"
        "  nothing joins them until `fc`"
    )


def test_many_parts_are_cut() -> None:
    model = nn.Sequential(nn.Conv2d(64, 64, 3, groups=64))
    text = message(testing.assert_channels_mixed, model, (1, 64, 8, 8))
    assert text.endswith("of 64 input channels: 7\n  and 56 parts more\n  nothing joins them")
    assert len(text.splitlines()) == 11


@pytest.mark.parametrize(
    ("do", "why"),
    [
        (lambda x: torch.special.zeta(x, 2.0), "the operation `special_zeta` is not understood"),
        (lambda x: torch.fft.fft(x, dim=1).real, "the operation `_fft_r2c` is not understood"),
    ],
)
def test_what_is_not_understood_is_no_silent_pass(do: Any, why: str) -> None:
    model = Doing(do)
    for assertion, options in (
        (testing.assert_channels_mixed, {}),
        (testing.assert_channels_mixed, {"between": ("a", "b")}),
        (testing.assert_channel_receptive_field, {"layer": "b", "at_least": 16}),
    ):
        text = message(assertion, model, X, **options)
        assert text.startswith("it is not known whether ")
        assert text.endswith(why)
    testing.assert_channel_receptive_field(model, X, layer="a", at_least=4)


def test_what_is_missing_is_missing_whatever_is_not_understood() -> None:
    """A channel that not even an unknown operation can reach."""
    model = Doing(lambda x: torch.cat([torch.special.zeta(x[:, :8], 2.0), x[:, 8:]], 1))
    text = message(testing.assert_channels_mixed, model, X)
    assert "16 of 16 output channels" in text


def test_numbers_that_leave_the_tensors_may_come_back() -> None:
    text = message(testing.assert_channels_mixed, Doing(lambda x: x * float(x[0, 0, 0, 0])), X, between=("a", "b"))
    assert text == (
        "it is not known whether `a` is mixed at `b`: the model makes plain numbers of its tensors, which may come back "
        "anywhere"
    )


class Twice(Doing):
    """Calls one layer two times, and another never."""

    def forward(self, x: Tensor, *rest: Tensor) -> Any:
        return self.a(self.a(x))


@pytest.mark.parametrize(
    ("between", "kind", "why"),
    [
        (("bb", "b"), ValueError, "there is no module `bb` in Twice (did you mean `b`?)"),
        (("a", "b"), ValueError, "`a` is called 2 times, so its output can be any of these tensors"),
        (
            ("b", ""),
            AssertionError,
            "it is not known whether `b` is mixed at the model: `b` gives no tensor in this run",
        ),
    ],
)
def test_paths_that_name_no_single_tensor(between: tuple[str, str], kind: type[Exception], why: str) -> None:
    assert message(testing.assert_channels_mixed, Twice(None), X, between=between, kind=kind) == why


def test_several_inputs_and_outputs() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = grouped(), nn.Conv2d(16, 4, 1)

        def forward(self, x: Tensor, y: Tensor) -> dict[str, Tensor]:
            return {"grouped": self.a(x) + self.b(y).mean(1, keepdim=True), "dense": self.b(x) * self.b(y)}

    text = message(testing.assert_channels_mixed, Net(), X, X)
    assert text.startswith("16 of 16 output channels of output 0 do not depend on all 16 channels of input 0\n")
    testing.assert_channel_receptive_field(Net(), X, X, layer="a", at_least=4)
    text = message(testing.assert_channel_receptive_field, Net(), X, X, layer="a", at_least=5)
    assert "depend on 4 of 32 input channels: 0-3" in text
    assert "nothing joins" not in text


def test_more_channels_than_there_are() -> None:
    text = message(testing.assert_channel_receptive_field, grouped(), X, layer="", at_least=17, kind=ValueError)
    assert text == "at_least=17 can never hold, because there are 16 input channels"


def test_more_channels_than_can_be_followed() -> None:
    text = message(testing.assert_channels_mixed, nn.Conv2d(5000, 1, 1), (1, 5000, 1, 1))
    assert text.endswith("5,000 channels are more than the 4,096 that are followed one by one")


def test_an_error_of_the_model_is_its_own() -> None:
    def refuse(_: Tensor) -> Tensor:
        raise KeyError("mine")

    for assertion in (testing.check, testing.assert_channels_mixed):
        assert message(assertion, Doing(refuse), X, kind=KeyError) == "'mine'"


def test_an_error_that_a_rule_explains_is_a_finding() -> None:
    (found,) = testing.check(nn.Sequential(nn.Conv2d(16, 32, 1), grouped()), X)
    assert (found.rule.code, found.place.path) == ("GC008", "Sequential.1")


def test_a_refused_view_of_a_shuffle_is_a_finding() -> None:
    def shuffle(x: Tensor) -> Tensor:
        return x.view(x.shape[0], 3, 5, *x.shape[2:]).transpose(1, 2).flatten(1, 2)

    (found,) = testing.check(nn.Sequential(nn.Conv2d(16, 16, 3), Doing(shuffle)), X)
    assert (found.rule.code, found.place.path) == ("GC009", "Sequential.1")


def test_another_refused_view_is_what_torch_raises() -> None:
    assert "invalid for input of size" in message(testing.check, Doing(lambda x: x.view(1, 7)), X, kind=RuntimeError)


def test_a_refused_shuffle_is_a_finding() -> None:
    for shuffle in (nn.ChannelShuffle(3), Doing(lambda x: F.channel_shuffle(x, 3))):
        (found,) = testing.check(nn.Sequential(grouped(), shuffle), X)
        assert found.rule.code == "GC009"
        assert found.place.path.startswith("Sequential.1")


class Holder(nn.Module):
    """Layers that are made in several ways."""

    def __init__(self, many: int = 2) -> None:
        super().__init__()
        self.plain = nn.Conv2d(16, 16, 1, groups=8)
        self.listed = nn.Sequential(nn.ReLU(), nn.Conv2d(16, 16, 1, groups=8))
        self.repeated = nn.Sequential(*[nn.Conv2d(16, 16, 1, groups=8) for _ in range(many)])
        if many:
            self.twice = nn.Conv2d(16, 16, 1, groups=8)
        else:
            self.twice = nn.Conv2d(16, 16, 3, groups=8)

    def forward(self, x: Tensor) -> Tensor:
        return self.twice(self.repeated(self.listed(self.plain(x))))


def test_the_line_of_a_layer_is_told_where_the_source_shows_one() -> None:
    lines = inspect.getsource(Holder).splitlines()
    start = inspect.getsourcelines(Holder)[1]
    told = {}
    for found in testing.check(nn.Sequential(Holder()), X, select="GC203"):
        places = [r.place for r in found.related if r.message.endswith("is made here")]
        told[found.place.path] = [lines[place.line - start][place.column - 1 :] for place in places]
    conv = "nn.Conv2d(16, 16, 1, groups=8)"
    assert told == {
        "Sequential.0.plain": [conv],
        "Sequential.0.listed.1": [conv + ")"],
        "Sequential.0.repeated.0": [conv + " for _ in range(many)])"],
        "Sequential.0.repeated.1": [conv + " for _ in range(many)])"],
        "Sequential.0.twice": [],
    }
    text = message(testing.assert_clean, nn.Sequential(Holder()), X, select="GC203")
    assert f"test_live_models.py:{start + lines.index('        self.plain = ' + conv)}: `0.plain` is made here" in text


def test_a_block_may_be_left_open() -> None:
    block = nn.Sequential(nn.Conv2d(16, 16, 3, groups=16), nn.ReLU())
    assert {each.rule.code for each in testing.check(block, X)} == {"GC102"}
    testing.assert_clean(block, X, closed=False)
    testing.assert_clean(block, X, ignore="GC102")
    testing.assert_clean(block, X, select=["GC0", "GC101"])


def test_every_rule_can_judge_a_live_model() -> None:
    model = nn.Sequential(
        grouped(), nn.GroupNorm(4, 16), nn.ChannelShuffle(4), nn.ConvTranspose2d(16, 16, 3, groups=16)
    )
    testing.check(model, X, select="ALL")
    (found,) = testing.check(nn.Sequential(nn.GroupNorm(3, 12), nn.ChannelShuffle(1)), (1, 12, 4, 4), select="GC103")
    assert found.place.path == "Sequential.1"


def test_a_rule_that_crashes_is_no_silent_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    from gconv_lint import engine
    from gconv_lint.model.report import Problem

    outcome = engine.Outcome((), engine.Counter(), (Problem("x", "GC101 was given up: it crashes"),))
    monkeypatch.setattr(engine, "run", lambda *_, **__: outcome)
    assert "GC101" in message(testing.assert_clean, grouped(), X, kind=RuntimeError)


def test_a_compiled_model_is_looked_at_as_it_was_written() -> None:
    model = torch.compile(stacked())
    testing.assert_channel_receptive_field(model, X, layer="b", at_least=4)
    assert testing.gradient_ratio(model, torch.randn(X), "a").groups == 4


def test_selectors_are_checked() -> None:
    assert message(testing.check, grouped(), X, select="GC8", kind=SettingError).startswith("no rule is selected by")


def test_budgets() -> None:
    model = stacked(nn.ReLU())
    testing.assert_budget(model, params=296)
    testing.assert_budget(model, X, params="1k", macs="1M")
    text = message(testing.assert_budget, model, X, params=100, macs=16_384)
    assert text == (
        "Sequential has 296 parameters, more than the 100 that params allows\n"
        "Sequential has 32,768 multiply-accumulates, more than the 16,384 that macs allows\n"
        "  `fc` (conv) has 16,384 multiply-accumulates\n"
        "  `a` (conv) has 8,192 multiply-accumulates\n"
        "  `b` (conv) has 8,192 multiply-accumulates"
    )
    assert "no budget" in message(testing.assert_budget, model, X, kind=ValueError)
    assert "no input" in message(testing.assert_budget, model, macs=1, kind=ValueError)


class Stateful(nn.Module):
    """Everything that a run could change."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm, self.drop = grouped(), nn.BatchNorm2d(16), nn.Dropout(0.5)
        self.calls = 0
        self.last: Tensor | None = None
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.seen += 1  # type: ignore[operator]
        self.last = self.drop(self.norm(self.conv(x))) + torch.rand(1) + random.random()
        return self.last


def every_question(model: nn.Module, x: Any) -> None:
    testing.check(model, x)
    testing.assert_budget(model, x, params="1M", macs="1M")
    testing.assert_channel_receptive_field(model, x, layer="conv", at_least=4)
    with pytest.raises(AssertionError):
        testing.assert_channels_mixed(model, x)
    real = torch.ones(x) if isinstance(x, tuple) else x
    testing.feature_correlation(model, real, "conv")
    testing.gradient_ratio(model, real, "conv")


def test_models_and_generators_stay_as_they_were() -> None:
    model = Stateful()
    model.train()
    model.norm.eval()
    model.conv.bias.requires_grad_(False)
    heard: list[int] = []
    hook = model.conv.register_forward_hook(lambda *_: heard.append(1))
    before, keys = copy.deepcopy(model.state_dict()), {k: len(vars(m)) for k, m in model.named_modules()}
    torch.manual_seed(1)
    random.seed(1)
    state, own = torch.get_rng_state(), random.getstate()
    x = torch.randn(X, generator=torch.Generator().manual_seed(0))
    inputs = x.clone()
    every_question(model, x)
    every_question(model, X)
    assert torch.equal(torch.get_rng_state(), state)
    assert random.getstate() == own
    assert torch.equal(x, inputs)
    assert x.grad is None
    assert [part.training for part in model.modules()] == [True, True, False, True]
    assert (model.calls, model.last) == (0, None)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert {k: len(vars(m)) for k, m in model.named_modules()} == keys
    assert [p.grad for p in model.parameters()] == [None] * 4
    assert [p.requires_grad for p in model.parameters()] == [True, False, True, True]
    assert {p.device.type for p in model.parameters()} == {"cpu"}
    assert len(model.conv._forward_hooks) == 1
    hook.remove()


def test_a_model_is_recorded_without_computing() -> None:
    """A convolution that would take minutes and hundreds of gigabytes."""
    model = nn.Conv2d(1024, 1024, 3, groups=4)
    testing.assert_channel_receptive_field(model, (1024, 1024, 4096, 4096), layer="", at_least=256)


def tied() -> nn.Module:
    model = stacked()
    model.b.weight = model.a.weight
    return model


def weight_normed() -> nn.Module:
    model = stacked()
    torch.nn.utils.parametrizations.weight_norm(model.a)
    torch.nn.utils.parametrizations.spectral_norm(model.b)
    return model


def old_weight_norm() -> nn.Module:
    model = stacked()
    with pytest.warns(FutureWarning):
        torch.nn.utils.weight_norm(model.a)
    model(torch.randn(X))  # the weight is an attribute with a graph of gradients now
    return model


@pytest.mark.parametrize(
    "build",
    [
        tied,
        weight_normed,
        old_weight_norm,
        lambda: stacked().double(),
        lambda: stacked().to("meta"),
        lambda: stacked().requires_grad_(False),
        lambda: stacked(nn.LazyBatchNorm2d()),
        lambda: Doing(lambda x: x * 2 if bool((x.abs().sum() >= 0).all()) else x),
        lambda: Doing(lambda x, e: x + e(torch.zeros(1, dtype=torch.long)).view(1, 16, 1, 1), nn.Embedding(2, 16)),
    ],
    ids=["tied", "weight_norm", "old_weight_norm", "double", "meta", "frozen", "lazy", "values", "constants"],
)
def test_models_of_all_kinds(build: Any) -> None:
    model = build()
    testing.assert_channel_receptive_field(model, X, layer="b", at_least=4)
    with pytest.raises(AssertionError):
        testing.assert_channel_receptive_field(model, X, layer="b", at_least=5)
    testing.check(model, X)


def test_a_model_that_cannot_be_copied_says_so() -> None:
    class Held(Doing):
        def __deepcopy__(self, memo: Any) -> Any:
            raise RuntimeError("a handle")

    text = message(testing.check, Held(lambda x: x), X, kind=TypeError)
    assert text == "Held cannot be copied, and only a copy is run: RuntimeError: a handle"


def test_what_is_no_model_is_one_sentence() -> None:
    text = message(testing.check, Doing, X, kind=TypeError)
    assert text == "the model is the class Doing; allowed is an instance of torch.nn.Module"
    text = message(testing.check, None, X, kind=TypeError)
    assert text == "the model is of type NoneType; allowed is an instance of torch.nn.Module"


def test_source_text(tmp_path: Any) -> None:
    (tmp_path / "wrong.py").write_text("from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n")
    (tmp_path / "clean.py").write_text("from torch import nn\nconv = nn.Conv2d(32, 64, 3, groups=4)\n")
    testing.assert_no_findings_in(tmp_path / "clean.py")
    testing.assert_no_findings_in(tmp_path, ignore="GC002")
    text = message(testing.assert_no_findings_in, str(tmp_path))
    assert text.startswith("1 finding in 1 file\n\n")
    assert "GC002 in-channels-not-divisible: groups=4 does not divide in_channels=30" in text
    assert "help: groups that divide" in text
    assert "cannot be read" in message(testing.assert_no_findings_in, tmp_path / "missing.py")
    (tmp_path / "empty").mkdir()
    assert "no Python file" in message(testing.assert_no_findings_in, tmp_path / "empty", kind=ValueError)
    assert "no Python file" in message(testing.assert_no_findings_in, kind=ValueError)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: testing.assert_budget(None, params=3), TypeError, "the model is of type NoneType"),
        (lambda: testing.check(nn.Identity(), (1, 3, 4, 4), select=3), TypeError, "rules cannot be 3; allowed is a text"),
        (lambda: testing.check(nn.Identity(), (1, 3, 4, 4), ignore=["GC1", 3]), TypeError, "rules cannot be ['GC1', 3]"),
        (lambda: testing.check(nn.Identity(), (1, 3, 4, 4), select=iter(["GC8"])), ValueError, "no rule is selected by `GC8`"),
        (lambda: testing.assert_channels_mixed(nn.Identity(), (1, 3, 4, 4), between=("",)), ValueError, "between cannot be ('',)"),
        (lambda: testing.assert_channels_mixed(nn.Identity(), (1, 3, 4, 4), between="ab"), ValueError, "between cannot be 'ab'"),
        (lambda: testing.assert_channels_mixed(nn.Identity(), (1, 3, 4, 4), between=2), ValueError, "between cannot be 2"),
        (lambda: testing.assert_channel_receptive_field(nn.Identity(), (1, 3, 4, 4), layer="", at_least=0), ValueError, "at_least cannot be 0"),
        (lambda: testing.assert_channel_receptive_field(nn.Identity(), (1, 3, 4, 4), layer="", at_least="2"), ValueError, "at_least cannot be '2'"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_one_sentence(call: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        call()
