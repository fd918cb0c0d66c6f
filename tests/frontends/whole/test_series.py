"""Several targets of one call: each is what it is by itself, whatever those before it left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from gconv_lint.frontends.whole.engine import Answer
from gconv_lint.frontends.whole.modules import Modules
from gconv_lint.frontends.whole.program import analyse
from gconv_lint.frontends.whole.series import ask
from gconv_lint.frontends.whole.session import Seen, Session
from gconv_lint.model.targets import Input, Limits, Target
from tests.model_support import written

HEAD = """
import functools
import itertools
from torch import nn
import settings

widths = [4]
table = {"depth": 1}
names = {"a"}
last = None
count = itertools.count(1) if settings.COUNTS else None


class Kept:
    size = 4


kept = Kept()


def counter():
    seen = 0

    def step():
        nonlocal seen
        seen += 1
        return seen

    return step


step = counter()


@functools.lru_cache(maxsize=None)
def shared():
    return [4]


def net(width):
    return nn.Sequential(nn.Conv2d(3, width, 1), nn.ReLU())


def plain():
    return net(2)


"""
#: Factories that make something else when they are called again, as long as nothing is put back.
CHANGES = {
    "a list": "widths.append(4)\n    return net(4 * len(widths))",
    "a dictionary": "table['depth'] += 1\n    return net(4 * table['depth'])",
    "a set": "names.add('b' if 'b' not in names else 'c')\n    return net(4 * len(names))",
    "a global name": "global last\n    last = (last or 0) + 4\n    return net(last)",
    "an object": "kept.size = kept.size + 4\n    return net(kept.size)",
    "a class": "Kept.size = Kept.size + 4\n    return net(Kept.size)",
    "a closure": "return net(4 * step())",
    "what is kept of a call": "shared().append(4)\n    return net(4 * len(shared()))",
    "another module": "settings.WIDTH += 4\n    return net(settings.WIDTH)",
    "a function": "net.calls = getattr(net, 'calls', 0) + 4\n    return net(net.calls)",
    "an iterator": "return net(4 * next(count))",
    "a layer of torch's": "nn.Conv2d.calls = getattr(nn.Conv2d, 'calls', 0) + 4\n    return net(nn.Conv2d.calls)",
    "an unknown value": "return net(settings.UNKNOWN)",
    "a module that is loaded late": "import late\n    late.WIDTH += 4\n    return net(late.WIDTH)",
}
SETTINGS = "import somewhere\n\nCOUNTS = {}\nWIDTH = 4\nUNKNOWN = somewhere.read()\n"


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_target_does_not_see_what_the_one_before_it_changed(tmp_path: Path, change: str) -> None:
    (tmp_path / "settings.py").write_text(SETTINGS.format(change == "an iterator"))
    (tmp_path / "late.py").write_text("WIDTH = 4\n")
    (tmp_path / "net.py").write_text(f"{HEAD}def changing():\n    {CHANGES[change]}\n")
    targets = [Target(f"net.py:{name}", (Input((1, 3, 8, 8)),), folder=str(tmp_path)) for name in CALLS]
    together = list(ask(targets, Limits(60)))
    alone = [answer for target in targets for answer in ask([target], Limits(60))]
    assert list(map(_said, together)) == list(map(_said, alone))
    assert [row[0] for row in together[0]["owners"] or ()] == ([] if together[0]["missed"] else ["0"])


CALLS = ("changing", "changing", "plain", "changing")


def _said(answer: Answer) -> str:
    return repr({name: value for name, value in answer.items() if name != "files"})


def test_steps_of_modules_count_for_each_target(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(f"{HEAD}\nfor number in range(1_900_000):\n    pass\n\n{LONG}")
    (tmp_path / "settings.py").write_text(SETTINGS.format(False))
    targets = [Target(f"net.py:{name}", (Input((1, 3, 8, 8)),), folder=str(tmp_path)) for name in ("plain", "long")]
    short, long = ask(targets, Limits(60))
    assert not short["missed"]
    assert "more steps" in long["missed"][0][0]


LONG = "def long():\n    for number in range(200_000):\n        pass\n    return net(2)\n"


def test_modules_that_only_another_target_loads_are_not_seen(tmp_path: Path) -> None:
    """A module that adds itself to a list is not in it when somebody is built who does not import it."""
    (tmp_path / "known.py").write_text("widths = [4]\n")
    body = "import known\nfrom torch import nn\n{}\n\ndef net():\n    return nn.Conv2d(3, sum(known.widths), 1)\n"
    (tmp_path / "first.py").write_text(body.format("known.widths.append(2)"))
    (tmp_path / "second.py").write_text(body.format(""))
    targets = [Target(f"{name}.py:net", (Input((1, 3, 8, 8)),), folder=str(tmp_path)) for name in ("first", "second")]
    first, second = analyse(targets, Limits(60))
    assert [sum(owner.params for owner in (p.owners or {}).values()) for p in (first, second)] == [24, 16]


def test_what_targets_of_another_file_changed_is_put_back(tmp_path: Path) -> None:
    package = tmp_path / "zoo"
    package.mkdir()
    body = "from torch import nn\n\nwidths = [4]\n\n\ndef net():\n    widths.append(4)\n    return nn.Conv2d(3, sum(widths), 1)\n"
    (package / "__init__.py").write_text("from zoo import first, second\n")
    for name in ("first", "second"):
        (package / f"{name}.py").write_text(body)
    names = ("first", "second", "first", "second")
    targets = [Target(f"zoo.{name}:net", (Input((1, 3, 8, 8)),), folder=str(tmp_path)) for name in names]
    found = analyse(targets, Limits(60))
    assert [sum(owner.params for owner in (program.owners or {}).values()) for program in found] == [32] * 4


def test_what_is_reached_through_a_table_of_modules_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("widths = [4]\n")
    head = "import sys\nfrom torch import nn\n{}\n\n\ndef net():\n    widths = {}\n    widths.append(4)\n"
    body = f"{head}    return nn.Sequential(nn.Conv2d(3, sum(widths), 1))\n"
    (tmp_path / "plain.py").write_text(body.format("import other", "list(other.widths)"))
    (tmp_path / "net.py").write_text(body.format("", "sys.modules['other'].widths"))
    with Session(dense=True).running() as session:
        paths = [tmp_path / f"{name}.py" for name in ("plain", "net", "plain", "net")]
        seen = [session.see(Target(f"{path}:net"), 60) for path in paths]
    assert [_width(seen[number]) for number in (0, 1, 2)] == [8, 8, 8]


def _width(seen: Seen) -> object:
    assert seen.program is not None
    conv = seen.program.layers[0].conv
    return conv.out_channels if conv is not None else None


@pytest.mark.parametrize(("counts", "made"), [(False, 1), (True, 3)], ids=["plain", "with an iterator"])
def test_modules_are_loaded_once_where_they_can_be_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: bool, made: int
) -> None:
    (tmp_path / "settings.py").write_text(SETTINGS.format(counts))
    (tmp_path / "net.py").write_text(HEAD)
    loaded: list[str] = []
    real = Modules._run
    monkeypatch.setattr(Modules, "_run", lambda self, new, tree: (loaded.append(new.qualified), real(self, new, tree)))
    list(ask([Target("net.py:plain", folder=str(tmp_path))] * 3, Limits(60)))
    assert loaded == ["net", "settings"] * made


def test_models_of_a_large_package_have_their_layers_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gconv_lint.frontends.whole.modules._MANY", -1)
    monkeypatch.setattr("gconv_lint.frontends.whole.modules._MANY_READ", 0)
    text = """import torch
from torch import nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 3)
    def forward(self, x):
        return self.conv(x)
def one():
    return Block(4)
def two():
    return Block(8)
"""
    path = written(tmp_path, {"net.py": text}) / "net.py"
    targets = [Target(f"{path}:{name}", (Input((1, 3, 8, 8)),)) for name in ("one", "two", "one")]
    found = analyse(targets, Limits(20))
    assert [[layer.conv.out_channels for layer in each.layers if layer.conv is not None] for each in found] == [
        *([4], [8], [4])
    ]
