"""``gconv-lint model`` as users see it: findings, the table, totals, connectivity, budgets, configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import torch
from pytorchcv.models.mixnet import mixnet_s
from torch.utils.flop_counter import FlopCounterMode

from gconv_lint import rulebook
from gconv_lint.config import load
from gconv_lint.selection import SettingError
from tests.model_support import Run, command, written

NETS = """\
import copy
from dataclasses import dataclass
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self, width=32, groups=4, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(*[nn.Conv2d(width, width, 3, padding=1, groups=groups) for _ in range(2)])
        self.head = nn.Linear(width, classes)
    def forward(self, x):
        return self.head(self.blocks(self.norm(self.stem(x))).mean((2, 3)))

def with_inputs():
    return Net(), torch.zeros(2, 3, 8, 8)

def with_named_inputs():
    return Net(), {"x": torch.zeros(2, 3, 8, 8)}

class Huge(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 65536, 1)
        self.wide = nn.Conv2d(65536, 65536, 1)
        self.out = nn.Linear(65536, 98304)
    def forward(self, x):
        return self.out(self.wide(self.conv(x)).mean((2, 3)))

class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.again = self.conv
        self.frozen = nn.Conv2d(3, 4, 1, bias=False).requires_grad_(False)
        self.unused = nn.Linear(5, 5, bias=False)
    def forward(self, x):
        return self.frozen(self.again(self.conv(x)))

class Item(nn.Module):
    def forward(self, x):
        return x * x.mean().item()

class Values(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.full((3,), 0.5))
        self.steps = int(self.scale.sum().item())
        self.conv = nn.Conv2d(3, 3, 1)
    def forward(self, x):
        return self.conv(x)

class Rates(nn.Module):
    def __init__(self):
        super().__init__()
        self.rates = [rate.item() for rate in torch.linspace(0, 1, 3)]
        self.conv = nn.Conv2d(3, 3, 1)
    def forward(self, x):
        return self.conv(x)

class Depthwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(4, 4, 3, groups=4)
        self.b = nn.Conv2d(4, 8, 1, groups=2)
    def forward(self, x, y):
        return self.a(x), self.b(y[:, :4])

class Mismatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 16, 1)
        self.b = nn.Conv2d(32, 32, 1, groups=4)
    def forward(self, x):
        return self.b(self.a(x))

class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(9, 1, 3, 3))
    def forward(self, x):
        return F.conv2d(x, self.weight, groups=2)

class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.LazyConv2d(9, 3, groups=3)
    def forward(self, x):
        return self.conv(x)

def refused():
    return Net(30)

def caught():
    try:
        return Net(30)
    except ValueError:
        return Net(32)

class Silent(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 1)
        self.a = nn.Conv2d(8, 8, 1, groups=2)
        self.b = nn.Conv2d(8, 8, 1, groups=2)  # noqa: GC101
    def forward(self, x):
        return self.b(self.a(self.stem(x)))

def copied():
    block = nn.Conv2d(3, 3, 1)
    return nn.Sequential(block, copy.deepcopy(block), nn.Conv2d(3, 3, 1))

def tokens():
    return nn.Embedding(50, 6)

class Beside(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.start = nn.Conv2d(2, 8, 1, bias=False)
        self.place = nn.Linear(5, 8)
    def forward(self, x):
        start = self.start(torch.zeros(1, 2, 4, 4)).mean((2, 3))
        return self.conv(x).mean((2, 3)) + start + self.place(torch.ones(1, 5))

class Halves(Net):
    def __init__(self):
        super().__init__()
        self.half()

@dataclass
class Outcome:
    scores: torch.Tensor
    extra: object = None

class Box:
    def __init__(self, found):
        self.found, self.own = found, self

class Named(Net):
    def forward(self, x):
        return Outcome(self.blocks(self.norm(self.stem(x))))

class Boxed(Net):
    def forward(self, x):
        return Box([self.blocks(self.norm(self.stem(x)))])

def exported():
    return torch.export.export(nn.Sequential(nn.Conv2d(3, 4, 1)), (torch.zeros(1, 3, 8, 8),)).module(), torch.zeros(1, 3, 8, 8)

def traced():
    return torch.jit.trace(Net().eval(), torch.zeros(1, 3, 8, 8)), torch.zeros(1, 3, 8, 8)

model = Net()
"""
FROM_NETS = ("with_inputs", "with_named_inputs", "Huge", "Shared", "Item", "Values", "Rates", "Mismatch", "Functional", "Lazy", "refused", "caught", "Silent", "copied", "model", "Beside", "Halves", "Named", "Boxed", "exported", "traced")  # fmt: skip


def row(text: str) -> int:
    """The line of the program that has a text in it first."""
    return next(number for number, line in enumerate(NETS.splitlines(), 1) if text in line)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("models"), {"nets.py": NETS, "pyproject.toml": "[tool.gconv-lint]\n"})


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    """Many models in one command, in so little memory that nothing large can have weights."""
    targets = (*(f"nets.py:{name}" for name in FROM_NETS), "pytorchcv.models.mixnet:mixnet_s")
    return command(folder, "model", *targets, "--memory", "1500M", "--output-format", "json")


def codes(model: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in model["findings"]}


def test_all_of_them_were_built(run: Run) -> None:
    assert run.errors == []
    assert run.code == 1


def test_a_finding_stands_at_the_constructor(run: Run) -> None:
    (finding,) = run.models["with_inputs"]["findings"]
    assert finding["code"] == "GC101"
    assert (finding["filename"], finding["location"]) == ("nets.py", {"row": row("self.blocks ="), "column": 39})
    assert finding["message"].startswith("each output of `blocks.1` sees 1 of the 4 groups of `blocks.0`")


def test_inputs_of_the_factory(run: Run) -> None:
    for name in ("with_inputs", "with_named_inputs"):
        assert run.models[name]["layers"][0]["output"] == [2, 32, 8, 8]
        assert run.models[name]["notes"] == []


def test_the_default_input_is_said(run: Run) -> None:
    assert "no input was given: 1x3x224x224 is tried" in run.models["model"]["notes"]


def test_layers_and_totals(run: Run) -> None:
    model = run.models["with_inputs"]
    names = [layer["name"] for layer in model["layers"]]
    assert names == ["stem", "norm", "blocks.0", "blocks.1", "head"]
    first, norm, grouped, _, head = model["layers"]
    assert (grouped["in_channels"], grouped["groups"], grouped["group_width"], grouped["kernel"]) == (32, 4, 8, [3, 3])
    assert (grouped["params"], grouped["macs"]) == (32 * 8 * 9 + 32, 2 * 64 * 32 * 8 * 9)
    assert grouped["bytes"] == 4 * (32 * 8 * 9 + 32 + 2 * 2 * 32 * 64)
    assert grouped["intensity"] == pytest.approx(2 * grouped["macs"] / grouped["bytes"])
    assert (norm["kind"], norm["params"], norm["macs"]) == ("BatchNorm2d", 64, None)
    assert (first["filename"], first["location"]) == ("nets.py", {"row": row("self.stem ="), "column": 21})
    assert (head["kind"], head["in_channels"], head["out_channels"]) == ("linear", 32, 10)
    totals = model["totals"]
    assert totals["params"] == totals["trainable_params"] == sum(layer["params"] for layer in model["layers"])
    assert totals["macs"] == sum(layer["macs"] or 0 for layer in model["layers"])
    assert totals["flops"] == 2 * totals["macs"]
    assert sum(layer["share"] or 0 for layer in model["layers"]) == pytest.approx(1)


def test_totals_equal_torch(run: Run) -> None:
    with torch.device("meta"):
        model = mixnet_s().eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            model(torch.zeros(1, 3, 224, 224))
    counted = counter.get_flop_counts()["Global"]
    convs = sum(flops for operation, flops in counted.items() if "convolution" in str(operation)) // 2
    totals = run.models["mixnet_s"]["totals"]
    assert totals["conv_macs"] == convs
    assert totals["params"] == sum(parameter.numel() for parameter in model.parameters())


def test_parameters_that_are_shared_or_frozen(run: Run) -> None:
    model = run.models["Shared"]
    assert model["totals"]["params"] == 81 + 12 + 25
    assert model["totals"]["trainable_params"] == 81 + 25
    assert [(layer["name"], layer["params"]) for layer in model["layers"]] == [
        ("conv", 81),
        ("conv", 0),
        ("frozen", 12),
        ("unused", 25),
    ]


def test_what_is_computed_beside_the_input_costs_too(run: Run) -> None:
    model = run.models["Beside"]
    rows = {layer["name"]: (layer["params"], layer["macs"]) for layer in model["layers"]}
    assert rows == {"conv": (224, 222 * 222 * 8 * 27), "start": (16, 16 * 16), "place": (48, 40)}
    assert model["totals"]["conv_macs"] == 222 * 222 * 8 * 27 + 16 * 16
    assert [each["components"] for each in model["connectivity"]] == [1]


def test_ten_billion_parameters_need_little_memory(run: Run) -> None:
    totals = run.models["Huge"]["totals"]
    assert totals["params"] > 10_000_000_000


def test_the_default_input_is_of_the_type_of_the_weights(run: Run) -> None:
    assert "no input was given: 1x3x224x224:float16 is tried" in run.models["Halves"]["notes"]


@pytest.mark.parametrize("name", ["Named", "Boxed"])
def test_what_objects_hold_is_returned(run: Run, name: str) -> None:
    assert codes(run.models[name]) == {"GC101"}
    assert [each["channels"] for each in run.models[name]["connectivity"]] == [3]


def test_an_exported_program_runs(run: Run) -> None:
    assert run.models["exported"]["totals"]["conv_macs"] == 64 * 12


def test_a_traced_model_runs(run: Run) -> None:
    assert run.models["traced"]["totals"]["params"] == run.models["model"]["totals"]["params"]
    assert run.models["traced"]["totals"]["conv_macs"] == 64 * 32 * (27 + 2 * 8 * 9)


def test_a_model_that_needs_values_in_its_run(run: Run) -> None:
    model = run.models["Item"]
    assert any(note.startswith("run with values, because without them it fails: ") for note in model["notes"])
    assert model["connectivity"] == [
        {"input": 0, "output": 0, "channels": 3, "components": None, "unused": None, "constant": None}
    ]
    assert model["gaps"] == [
        {"reason": "`_local_scalar_dense` makes a plain number of what depends on the input", "count": 1}
    ]


def test_a_model_that_needs_values_in_its_constructor(run: Run) -> None:
    model = run.models["Values"]
    assert any(note.startswith("built with weights, because without them it fails: ") for note in model["notes"])
    assert model["totals"]["params"] == 3 + 12


def test_numbers_that_constructors_compute_with_keep_their_values(run: Run) -> None:
    assert len(run.models["Rates"]["notes"]) == 1


def test_a_wrong_shape_in_the_run_is_a_finding(run: Run) -> None:
    model = run.models["Mismatch"]
    (finding,) = model["findings"]
    assert (finding["code"], finding["location"]["row"]) == ("GC008", row("32, 32, 1, groups=4"))
    assert [related["location"]["row"] for related in finding["related"]] == [row("nn.Conv2d(3, 16, 1)")]
    assert any("expected input[1, 16, 224, 224] to have 32 channels" in note for note in model["notes"])
    assert model["problems"] == []


def test_a_wrong_weight_of_a_function_is_a_finding(run: Run) -> None:
    (finding,) = run.models["Functional"]["findings"]
    assert (finding["code"], finding["location"]["row"]) == ("GC006", row("F.conv2d"))


def test_a_refused_constructor_is_a_finding(run: Run) -> None:
    model = run.models["refused"]
    assert codes(model) == {"GC002", "GC003"}
    assert model["problems"] == []
    for finding in model["findings"]:
        assert finding["location"]["row"] == row("self.blocks =")
        assert [(r["message"], r["location"]["row"]) for r in finding["related"]] == [
            ("the numbers come from `Net(30)`", row("Net(30)"))
        ]


def test_an_error_that_is_caught_is_expected(run: Run) -> None:
    assert codes(run.models["caught"]) == {"GC101"}


def test_comments_silence(run: Run) -> None:
    assert run.models["Silent"]["findings"] == []


def test_lazy_layers_have_the_channels_of_the_run(run: Run) -> None:
    model = run.models["Lazy"]
    assert (model["layers"][0]["in_channels"], model["layers"][0]["params"]) == (3, 90)
    assert codes(model) == {"GC102"}


def test_copies_stand_where_their_original_does(run: Run) -> None:
    rows = [layer["location"]["row"] for layer in run.models["copied"]["layers"]]
    first = row("block = nn.Conv2d")
    assert rows == [first, first, first + 1]


def test_a_module_that_exists_already(run: Run) -> None:
    assert run.models["model"]["totals"]["params"] == run.models["with_inputs"]["totals"]["params"]


SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "target",
        "engine",
        "findings",
        "layers",
        "totals",
        "partial",
        "gaps",
        "connectivity",
        "notes",
        "exceeded",
        "problems",
    ],
    "properties": {
        "target": {"type": "string"},
        "engine": {"const": "fx"},
        "partial": {"const": False},
        "findings": {"type": "array", "items": {"required": ["code", "fingerprint", "location", "related"]}},
        "layers": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "kind", "params"],
                "properties": {
                    **{name: {"type": "string"} for name in ("name", "kind")},
                    **{
                        name: {"type": ["integer", "null"], "minimum": 0}
                        for name in ("in_channels", "out_channels", "groups", "group_width", "params", "macs", "bytes")
                    },
                    **{
                        name: {"type": ["array", "null"], "items": {"type": "integer"}} for name in ("kernel", "output")
                    },
                    **{name: {"type": ["number", "null"]} for name in ("intensity", "share")},
                    "filename": {"type": ["string", "null"]},
                    "location": {"type": ["object", "null"], "required": ["row", "column"]},
                },
            },
        },
        "totals": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["params", "trainable_params", "macs", "flops", "conv_macs"],
            "patternProperties": {".": {"type": "integer", "minimum": 0}},
        },
        "gaps": {"type": "array", "items": {"required": ["reason", "count"]}},
        "connectivity": {
            "type": "array",
            "items": {"required": ["input", "output", "channels", "components", "unused", "constant"]},
        },
        **{name: {"type": "array", "items": {"type": "string"}} for name in ("notes", "exceeded")},
        "problems": {"type": "array", "items": {"required": ["filename", "row", "message"]}},
    },
}


def test_json_keeps_to_its_schema(run: Run) -> None:
    found = json.loads(run.out)
    assert len(found) == len(FROM_NETS) + 1
    for model in found:
        jsonschema.validate(model, SCHEMA)


@pytest.mark.usefixtures("forked")
def test_arguments_budgets_and_text(folder: Path) -> None:
    words = (
        "--arg",
        "width=64",
        "--arg",
        "classes=7",
        "--input",
        "1x3x32x32",
        "--max-params",
        "1k",
        "--max-macs",
        "1G",
    )
    run = command(
        folder, "model", "nets.py:Net", *words, "--sort", "macs", "--depth", "1", "--output-format", "concise"
    )
    assert run.code == 1
    assert run.errors == ["gconv-lint: nets.py:Net has 20,871 parameters, more than the 1,000 that max-params allows"]
    first, *lines = run.out.splitlines()
    assert first.startswith(f"nets.py:{row('self.blocks =')}:39: GC101 stacked-grouped-convs-without-shuffle: ")
    assert lines[0] == "nets.py:Net (fx)"
    assert lines[2].split() == [
        "layer",
        "kind",
        "in",
        "out",
        "groups",
        "width",
        "kernel",
        "output",
        "params",
        "MACs",
        "bytes",
        "FLOPs/byte",
        "share",
    ]
    assert [line.split()[0] for line in lines[3:7]] == ["blocks", "stem", "head", "norm"]
    assert lines[3].split()[1:3] == ["2", "layers"]
    assert f"{2 * (64 * 16 * 9 + 64):,}" in lines[3].split()
    assert "Parameters: 20,871, of which 20,871 are trainable." in lines
    assert "Channels: input 0 to output 0: 3 channels in 1 part." in lines
    assert lines[-1] == "Found 1 finding (1 warning) in 1 file."


MODELS = """
[tool.gconv-lint]
ignore = ["GC101"]

[[tool.gconv-lint.models]]
target = "../nets.py:Net"
input = "1x3x16x16"
args = {width = 16, groups = 2}
max-params = 100

[[tool.gconv-lint.models]]
target = "../nets.py:tokens"
inputs = ["1x7:int64"]
max-macs = "1M"

[[tool.gconv-lint.models]]
target = "../nets.py:Depthwise"
inputs = ["1x4x8x8", "2x6x8x8"]
"""


@pytest.fixture(scope="module")
def configured(folder: Path, forked: None) -> Run:
    inner = written(folder / "inner", {"pyproject.toml": MODELS})
    return command(inner, "model", "--output-format", "json", "--exit-zero")


def test_models_of_the_configuration(configured: Run) -> None:
    assert configured.code == 0
    assert list(configured.models) == ["Net", "tokens", "Depthwise"]
    said = "../nets.py:Net has 2,970 parameters, more than the 100 that max-params allows"
    assert configured.errors == [f"gconv-lint: {said}"]
    assert configured.models["tokens"]["totals"]["params"] == 300
    assert configured.models["Net"]["exceeded"] == [said]


def test_connectivity(configured: Run) -> None:
    found = {(each["input"], each["output"]): each for each in configured.models["Depthwise"]["connectivity"]}
    assert found[0, 0] == {"input": 0, "output": 0, "channels": 4, "components": 4, "unused": 0, "constant": 0}
    assert found[1, 1] == {"input": 1, "output": 1, "channels": 6, "components": 2, "unused": 2, "constant": 0}
    assert found[0, 1]["components"] == found[1, 0]["components"] == 0
    assert found[1, 0]["unused"] == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models = 3", "`models` cannot be 3; allowed is an array of tables: [[tool.gconv-lint.models]]"),
        ("models = [3]", "models: `models` cannot be 3; allowed is an array of tables: [[tool.gconv-lint.models]]"),
        ("models = [{}]", "models: `target` is missing; allowed is path/file.py:name or pkg.module:name"),
        ("models = [{tarqet = 'a:b'}]", "models: unknown key `tarqet` (did you mean `target`?); allowed are args, input, inputs, max-macs, max-params, target"),
        ("models = [{target = 'a'}]", "models: `target`: `a` names no model; allowed is path/file.py:name or pkg.module:name"),
        ("models = [{target = 'a:b', input = '3xx'}]", "models: `input`: `3xx` is no input; allowed are positive sizes such as 1x3x224x224, or 1x16:int64"),
        ("models = [{target = 'a:b', inputs = []}]", "models: `inputs` cannot be []; allowed is an array of texts such as \"1x3x224x224\""),
        ("models = [{target = 'a:b', args = 3}]", "models: `args` cannot be 3; allowed is a table of texts, numbers, booleans, arrays and tables"),
        ("models = [{target = 'a:b', max-params = -1}]", 'models: `max-params` cannot be -1; allowed is a positive integer, or a text such as "25M"'),
        ("models = [{target = 'a:b', max-macs = true}]", 'models: `max-macs` cannot be true; allowed is a positive integer, or a text such as "25M"'),
    ],
)  # fmt: skip
def test_keys_of_models_are_checked(tmp_path: Path, text: str, said: str) -> None:
    written(tmp_path, {"pyproject.toml": f"[tool.gconv-lint]\n{text}\n"})
    with pytest.raises(SettingError) as error:
        load([str(tmp_path)], rulebook.rules())
    assert str(error.value) == f"{tmp_path / 'pyproject.toml'}: {said}"


SHUFFLED = """
import torch.nn.functional as F
from torch import nn

def channel_shuffle(x, groups):
    b, c, h, w = x.shape
    x = x.view(b, groups, c // groups, h, w)  # GC009
    return x.transpose(1, 2).reshape(b, c, h, w)

def broken_shuffle(x, groups):
    b, c, h, w = x.shape
    x = x.view(b, groups, c // groups, h, w).transpose(1, 2)
    return x.view(b, c, h, w)  # GC010

class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 1)
        self.shuffle = nn.ChannelShuffle(5)  # GC009
    def forward(self, x):
        return self.run(self.conv(x))

class View(Base):
    def run(self, x):
        return channel_shuffle(x, 3)

class Strides(Base):
    def run(self, x):
        return broken_shuffle(x, 4)

class Module(Base):
    def run(self, x):
        return self.shuffle(x)

class Function(Base):
    def run(self, x):
        return F.channel_shuffle(x, 7)  # GC009

class Heads(Base):
    def run(self, x):
        b, c, h, w = x.shape
        return x.view(b, 3, c // 3, h, w)  # GC009

class Tokens(Base):
    def run(self, x):
        b, c, h, w = x.shape
        return x.view(b, c, 7)
"""


@pytest.mark.usefixtures("forked")
def test_a_shuffle_that_torch_refuses_is_a_finding(tmp_path: Path) -> None:
    written(tmp_path, {"net.py": SHUFFLED})
    names = ("View", "Strides", "Module", "Function", "Heads", "Tokens")
    words = [f"net.py:{name}" for name in names]
    found = command(tmp_path, "model", *words, "--input", "2x3x8x8", "--isolated", "--output-format", "json")
    lines = SHUFFLED.splitlines()
    told = {
        name: [(f["code"], lines[f["location"]["row"] - 1].rpartition("# ")[2]) for f in model["findings"]]
        for name, model in found.models.items()
    }
    assert told == {
        "View": [("GC009", "GC009")],
        "Strides": [("GC010", "GC010")],
        "Module": [("GC009", "GC009")],
        "Function": [("GC009", "GC009")],
        "Heads": [("GC009", "GC009")],
        "Tokens": [],
    }
    assert len(found.errors) == 1
    assert "Tokens: " in found.errors[0]
    checked = command(tmp_path, "check", "net.py", "--isolated", "--output-format", "json")
    prints = {f["fingerprint"] for model in found.models.values() for f in model["findings"]}
    assert {f["fingerprint"] for f in json.loads(checked.out)} <= prints


IMPORTED = """
import torch
import torch.nn.functional as F
from torch import nn

edges = F.conv2d(torch.ones(1, 8, 5, 5), torch.ones(8, 1, 3, 3), groups=8)
try:
    F.conv2d(torch.ones(1, 8, 5, 5), torch.ones(8, 3, 3, 3), groups=4)
except RuntimeError:
    pass
nn.Conv2d(8, 8, 1, groups=2)(edges)

class Net(nn.Module):
    def __init__(self, groups=8):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 1)
        self.kernel = F.conv2d(torch.ones(1, 8, 5, 5), torch.ones(8, 1, 3, 3), groups=groups)  # refused
    def forward(self, x):
        return self.conv(x)
"""


@pytest.mark.usefixtures("forked")
def test_functional_convolutions_before_the_run(tmp_path: Path) -> None:
    written(
        tmp_path,
        {"net.py": IMPORTED, "top.py": "from net import *\n" + IMPORTED.replace("groups=8)\n", "groups=4)\n", 1)},
    )
    words = ("--input", "1x8x8x8", "--isolated", "--output-format", "json")
    good = command(tmp_path, "model", "net.py:Net", *words)
    assert (good.code, good.models["Net"]["findings"]) == (0, [])
    row = IMPORTED.splitlines().index(next(line for line in IMPORTED.splitlines() if "# refused" in line)) + 1
    built = command(tmp_path, "model", "net.py:Net", "--arg", "groups=4", *words)
    (found,) = built.models["Net"]["findings"]
    assert (built.code, found["code"], found["location"]["row"]) == (1, "GC006", row)
    imported = command(tmp_path, "model", "top.py:Net", *words)
    (found,) = imported.models["Net"]["findings"]
    assert (imported.code, found["code"], found["location"]["row"]) == (1, "GC006", 7)


STACKED = """\
from torch import nn

class Stacked(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(16, 16, 1, groups=4) for _ in range(3))
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        return self.head(self.c(self.b(self.a(x))).mean((2, 3)))

class Again(Stacked):
    pass
"""


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize("output_format", ["sarif", "github", "gitlab", "junit", "json-lines", "grouped"])
def test_formats_for_findings_say_once_what_models_share(tmp_path: Path, output_format: str) -> None:
    (tmp_path / "nets.py").write_text(STACKED)
    words = ["--isolated", "--input", "1x16x8x8", "--output-format", output_format, "--output-file", "report"]
    run = command(tmp_path, "model", "nets.py:Stacked", "nets.py:Again", *words)
    assert (run.code, run.out, run.errors) == (1, "", [])
    report = (tmp_path / "report").read_text()
    times = 2 if output_format == "junit" else 1  # the head of a failure, and its text
    assert report.count("each output of `c` sees 1 of the 4 groups of `a`") == times
