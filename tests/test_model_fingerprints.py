"""``gconv-lint check`` and ``gconv-lint model`` say the same of a layer: same place, message and fingerprint."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gconv_lint.rulebook.load import builtin_folder, load_folder
from tests.model_support import command, written

#: Rules about layers whose examples make these when they are imported.
RULES = ("GC001", "GC002", "GC003", "GC004", "GC014", "GC016", "GC103", "GC301", "GC302", "GC501")
FACTORY = "\n\ndef no_model():\n    import torch\n\n    return torch.nn.Identity()\n"

NAMES = """\
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn


def conv(inside, outside, groups=1, **options):
    return nn.Conv2d(
        inside,
        outside,
        kernel_size=3,
        groups=groups,
        **options,
    )


class Own(nn.Conv2d):
    def __init__(self, width):
        super().__init__(width, width, 3, groups=width // 2)


class Plain(nn.Conv2d):
    pass


class Block(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 3, padding=1)
        self.pointwise = nn.Conv2d(width, width, 1, groups=width)
        self.dilated = nn.Conv2d(width, width, 3, 1, 1, groups)
        self.parts = nn.ModuleList([conv(width, width, groups=g) for g in (3, groups)])
        self.table = {"ä": conv(width, width, groups=groups), "b": (lambda w: nn.Conv2d(w, w, 1, groups=3))(width)}
        self.norm, self.other = nn.GroupNorm(3, 12), nn.Conv2d(width, width, 1, groups=12)
        self.more = nn.Sequential(*(nn.Conv2d(width, width, 1, groups=4, bias=False) for _ in range(2)))
        self._late(width)

    def _late(self, width):
        make = partial(nn.Conv2d, kernel_size=1, groups=6)
        self.late = make(width, width)

    def forward(self, x):
        fresh = nn.Conv2d(x.shape[1], x.shape[1], 1)
        return fresh(self.pointwise(x))


class Net(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.stem = conv(3, width, padding=1, bias=False)
        self.block = Block(width, groups=2)
        self.own, self.plain = Own(width), Plain(width, width, 3, groups=6)

    def forward(self, x):
        return self.block(self.stem(x))


net = Net()
"""


def told(finding: dict[str, Any]) -> str:
    """Everything that is said of a layer; that of `forward` is led to by calls that only a run shows."""
    said = {
        name: value for name, value in finding.items() if finding["code"] != "GC402" or name not in ("related", "facts")
    }
    return json.dumps(said, sort_keys=True)


@pytest.fixture(scope="module")
def pairs(
    tmp_path_factory: pytest.TempPathFactory, forked: None
) -> dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """What each command finds, by the name of the folder of an example."""
    top = tmp_path_factory.mktemp("examples")
    folders = {"names": written(top / "names", {"net.py": NAMES})}
    for document in load_folder(builtin_folder()):
        code = document.rule.info.code
        for number, example in enumerate(document.examples.bad if code in RULES else ()):
            if len(example.files) == 1:
                files = {name: text + FACTORY for name, text in example.files.items()}
                folders[f"{code}-{number}"] = written(top / f"{code}-{number}", files)
    targets = [f"{name}/{next(folder.iterdir()).name}:no_model" for name, folder in folders.items() if name != "names"]
    words = ("--isolated", "--select", "ALL", "--ignore", "GC302", "--output-format", "json")
    modelled = json.loads(command(top, "model", "names/net.py:Net", *targets, *words).out)
    found = {}
    for name, model in zip(folders, modelled, strict=True):
        checked = json.loads(command(top, "check", name, *words).out)
        found[name] = (checked, model["findings"])
    return found


def test_what_a_model_shows_is_what_its_source_shows(pairs: Any) -> None:
    for name, (checked, modelled) in pairs.items():
        known = set(map(told, checked))
        assert [f["message"] for f in modelled if f["code"] < "GC1" and told(f) not in known] == [], name


def test_examples_of_layer_rules_are_found_by_both(pairs: Any) -> None:
    both = {f["code"] for name, (_, modelled) in pairs.items() for f in modelled if name.startswith(f["code"])}
    assert both >= {"GC001", "GC002", "GC003", "GC004", "GC014", "GC016", "GC103", "GC301", "GC501"}


def test_names_and_scopes(pairs: Any) -> None:
    checked, modelled = pairs["names"]
    of_layers = {"GC002", "GC003", "GC012", "GC013", "GC014", "GC301", "GC402", "GC501", "GC502", "GC503", "GC504"}
    first = {told(f) for f in checked if f["code"] in of_layers}
    second = {told(f) for f in modelled if f["code"] in of_layers}
    assert second == first
    assert {f["code"] for f in modelled} >= {"GC012", "GC013", "GC301", "GC402"}


REPEATED = """\
import torch
from torch import nn


class Unit(nn.Module):
    def __init__(self, width, shuffle):
        super().__init__()
        self.first = nn.Conv2d(width, width, 1, groups=4)
        self.shuffle = nn.ChannelShuffle(shuffle)
        self.second = nn.Conv2d(width, width, 3, padding=1, groups=4)
        self.third = nn.Conv2d(width, width, 3, padding=1, groups=4)
        self.last = nn.Conv2d(width, width, 1)

    def forward(self, x):
        y = self.second(self.shuffle(self.first(x)))
        return self.last(self.third(y))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.units = nn.Sequential(*(Unit(16, 2) for _ in range(3)))
        self.tail = nn.Sequential(
            nn.Conv2d(16, 32, 1),
            nn.Conv2d(32, 32, 1, groups=4),
            nn.ReLU(),
            nn.Conv2d(32, 32, 1, groups=4),
            nn.Conv2d(32, 8, 1),
        )

    def forward(self, x):
        return self.tail(self.units(self.stem(x)))
"""


@pytest.fixture(scope="module")
def graph_findings(tmp_path_factory: pytest.TempPathFactory, forked: None) -> tuple[Any, Any]:
    """What both commands find with rules about graphs, by line and code."""
    folder = written(tmp_path_factory.mktemp("graphs"), {"net.py": REPEATED})
    words = ("--isolated", "--select", "GC1,GC3,GC204,GC208", "--output-format", "json")
    checked = json.loads(command(folder, "check", "net.py", *words).out)
    modelled = json.loads(command(folder, "model", "net.py:Net", "--input", "1x3x16x16", *words).out)["findings"]
    return tuple({(f["location"]["row"], f["code"]): f for f in found} for found in (checked, modelled))


def test_a_graph_rule_knows_a_finding_by_its_call(graph_findings: Any) -> None:
    checked, modelled = graph_findings
    both = checked.keys() & modelled.keys()
    assert {code for _, code in both} >= {"GC101", "GC104"}
    assert {key: checked[key]["fingerprint"] for key in both} == {key: modelled[key]["fingerprint"] for key in both}
    assert len({f["fingerprint"] for f in modelled.values()}) == len(modelled)


def test_a_repeated_block_has_one_finding(graph_findings: Any) -> None:
    lines = [line for line, code in graph_findings[1] if code == "GC104"]
    assert len(lines) == len(set(lines)) == 1
