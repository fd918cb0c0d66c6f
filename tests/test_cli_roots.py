"""``--roots``: whole models that files build, what is found in them, and what is said of those that are not followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gconv_lint.frontends.whole.session import Session
from tests.cli_support import Folder

HEAD = "from torch import nn\n\n\n"
#: A net whose layers only a run knows the order of.
UNITS = (
    HEAD
    + """
class Unit(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 1, groups=groups)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.conv(x))


class Net(nn.Module):
    def __init__(self, plan, stem=3):
        super().__init__()
        self.stem = nn.Conv2d(stem, 16, 3)
        self.names = [f"unit{number}" for number, _ in enumerate(plan.split(","))]
        for name, groups in zip(self.names, plan.split(",")):
            setattr(self, name, Unit(16, int(groups)))
        self.head = nn.Conv2d(16, 10, 1)

    def forward(self, x):
        x = self.stem(x)
        for unit in self.units():
            x = unit(x)
        return self.head(x)

    def units(self):
        for name in self.names:
            yield getattr(self, name)
"""
)
FOUND = "units.py:8:21 GC101"
SMALL = "from units import Net\nimport torch\n\n\ndef small():\n    return Net('4,4')\n"


@pytest.fixture
def zoo(project: Folder) -> Folder:
    """A folder with a net and a factory that builds it badly."""
    project.write({"units.py": UNITS, "small.py": SMALL})
    return project


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models that are followed."""
    names: list[str] = []
    real = Session.see

    def see(self: Session, target: Any, *rest: Any) -> Any:
        names.append(target.name.rpartition(":")[2])
        return real(self, target, *rest)

    monkeypatch.setattr(Session, "see", see)
    return names


def states(project: Folder, *words: str) -> dict[str, int]:
    """How many models were followed how far."""
    found: dict[str, int] = json.loads(project.run("--roots", "--statistics", "--output-format", "json", *words).out)[
        "roots"
    ]
    return found


def test_whole_models_are_followed_where_that_is_asked_for(zoo: Folder) -> None:
    assert zoo.found() == []
    assert zoo.found("--roots") == [FOUND]
    assert zoo.found("--roots", "--no-roots") == []
    zoo.write({"pyproject.toml": "[tool.gconv-lint]\nroots = true\n"})
    assert zoo.found() == [FOUND]
    assert zoo.found("--no-roots") == []


def test_what_several_models_show_is_one_finding(zoo: Folder) -> None:
    more = "".join(f"\n\ndef number{each}(**options):\n    return Net('4,4,{each}', **options)\n" for each in (1, 4))
    zoo.write({"small.py": SMALL + more})
    ran = zoo.run("--roots")
    assert ran.lines[-1] == "Found 1 finding (1 warning) in 2 files."
    assert any(line.startswith("note: small.py:5:1: in the whole model `small` and 2 others") for line in ran.lines)


def test_findings_are_those_of_the_model_command(zoo: Folder) -> None:
    (alone,) = json.loads(zoo.run("--roots", "--output-format", "json").out)
    ran = zoo.run("model", "small.py:small", "--engine", "source", "--output-format", "json")
    (of_model,) = json.loads(ran.out)["findings"]
    assert alone["fingerprint"] == of_model["fingerprint"]
    assert (alone["code"], alone["location"]) == (of_model["code"], of_model["location"])


def test_what_check_finds_stays_as_it_is(zoo: Folder) -> None:
    zoo.write(
        {"small.py": SMALL + "\n\nconv = Net('4').conv\n", "bad.py": HEAD + "conv = nn.Conv2d(30, 64, 3, groups=4)\n"}
    )
    plain = json.loads(zoo.run("--output-format", "json").out)
    with_roots = json.loads(zoo.run("--roots", "--output-format", "json").out)
    assert [each for each in with_roots if each["code"] != "GC101"] == plain != []


def test_only_what_builds_a_model_by_itself_is_one(zoo: Folder) -> None:
    text = """
def needs(plan):
    return Net(plan)

def needs_by_name(*, plan):
    return Net(plan)

def _hidden():
    return Net("4,4")

def no_model():
    return len("4,4")

def a_layer():
    return nn.Conv2d(3, 9, 1, groups=3)

def part():
    return nn.Sequential(nn.Conv2d(3, 9, 1, groups=3), nn.Conv2d(9, 9, 1, groups=3))

class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = part()

    def forward(self, x):
        return self.part(x)
"""
    zoo.write({"small.py": HEAD + "from units import Net\n" + text})
    assert zoo.found("--roots") == []
    assert states(zoo) == {}


def test_models_at_the_top_level_count(zoo: Folder) -> None:
    zoo.write({"small.py": "import torch\nfrom units import Net\n\nnet = Net('4,4')\nother = len('4')\n"})
    assert zoo.found("--roots") == [FOUND]
    assert states(zoo) == {"whole": 1}


def test_rules_files_and_comments_count_as_ever(zoo: Folder) -> None:
    assert zoo.found("--roots", "--ignore", "GC101") == []
    assert zoo.found("--roots", "--per-file-ignores", "units.py:GC101") == []
    assert zoo.found("--roots", "small.py") == []  # the finding would be in another file
    lines = UNITS.splitlines()
    lines[7] += "  # noqa: GC101"
    zoo.write({"units.py": "\n".join(lines) + "\n"})
    ran = zoo.run("--roots")
    assert ran.out == "No findings in 2 files.\n"
    assert zoo.found("--roots", "--ignore-noqa") == [FOUND]


def test_a_comment_that_silences_a_model_alone_is_used(zoo: Folder) -> None:
    """The same without parameters around it, where a comment that silences nothing would be told."""
    text = (
        UNITS.replace("(self, width, groups)", "(self)")
        .replace("width, width", "16, 16")
        .replace("groups=groups", "groups=4")
    )
    text = text.replace("Unit(16, int(groups))", "Unit()").replace("groups=4)", "groups=4)  # noqa: GC101")
    zoo.write({"units.py": text})
    assert zoo.found("--roots") == []
    assert states(zoo) == {"whole": 1}


def test_baselines_hold_what_models_show(zoo: Folder) -> None:
    zoo.run("--roots", "--write-baseline", "known.json")
    ran = zoo.run("--roots", "--baseline", "known.json")
    assert (ran.code, ran.out) == (0, "No findings in 2 files.\n")


@pytest.mark.parametrize("name", ["concise", "grouped", "json-lines", "sarif", "github", "gitlab", "junit"])
def test_every_format_tells_them(zoo: Folder, name: str) -> None:
    assert "GC101" in zoo.run("--roots", "--output-format", name).out


def test_what_is_not_understood_is_silent_and_counted(zoo: Folder) -> None:
    zoo.write({"units.py": "import somewhere\n" + UNITS.replace("x = self.stem(x)", "x = somewhere.mix(self.stem(x))")})
    assert zoo.found("--roots") == []
    assert states(zoo) == {"partial": 1}


def test_files_that_cannot_be_loaded_are_counted(zoo: Folder) -> None:
    zoo.write({"small.py": SMALL + "\n\nraise ImportError('not here')\n"})
    assert zoo.found("--roots") == []
    assert states(zoo) == {"unread": 1}


def test_layers_of_a_model_that_is_not_whole_are_judged(zoo: Folder) -> None:
    text = UNITS.replace("x = self.stem(x)", "x = somewhere.mix(self.stem(x))")
    zoo.write({"units.py": "import somewhere\n" + text, "small.py": SMALL.replace("'4,4'", "'4,5'")})
    assert {each.split()[1] for each in zoo.found("--roots")} == {"GC002", "GC003"}


def test_a_model_that_may_have_more_layers_is_not_said_to_have_nothing_grouped(zoo: Folder) -> None:
    zoo.write({"units.py": "import somewhere\n" + UNITS.replace('plan.split(",")', "somewhere.cut(plan)")})
    assert states(zoo) == {"partial": 1}


def test_a_wrong_guess_of_the_input_is_no_alarm(zoo: Folder) -> None:
    zoo.write({"small.py": SMALL.replace("'4,4'", "'4,4', stem=5")})
    assert zoo.found("--roots") == []
    assert states(zoo) == {"no-input": 1}
    ran = zoo.run("--roots")
    assert (ran.code, ran.err) == (0, "")


def test_a_model_may_state_its_input(zoo: Folder) -> None:
    zoo.write(
        {
            "units.py": UNITS.replace(
                "self.names =", "self.in_channels, self.in_size = stem, (32, 32)\n        self.names ="
            )
        }
    )
    zoo.write({"small.py": SMALL.replace("'4,4'", "'4,4', stem=5")})
    assert states(zoo) == {"whole": 1}
    assert zoo.found("--roots") == [FOUND]


def test_rules_about_sizes_want_to_know_the_input(zoo: Folder) -> None:
    rules = ("--select", "GC204", "--config", "rules.GC204.intensity-min = 1000.0")
    assert zoo.found("--roots", *rules) == []
    zoo.write({"units.py": UNITS.replace("self.names =", "self.in_size = (32, 32)\n        self.names =")})
    assert {each.split()[1] for each in zoo.found("--roots", *rules)} == {"GC204"}


def test_models_of_the_configuration_are_followed_with_what_it_says(zoo: Folder) -> None:
    table = (
        '[[tool.gconv-lint.models]]\ntarget = "units.py:Net"\nargs = {{plan = "4,4", stem = 5}}\ninput = "1x{}x32x32"\n'
    )
    zoo.write({"small.py": "import torch\n", "pyproject.toml": table.format(5)})
    assert zoo.found("--roots") == [FOUND]
    zoo.write({"pyproject.toml": table.format(3)})
    ran = zoo.run("--roots")
    assert ran.code == 2
    assert "Net: cannot be run: RuntimeError" in ran.err


def test_a_model_that_does_not_build_says_nothing(zoo: Folder) -> None:
    zoo.write(
        {
            "small.py": SMALL.replace(
                "return Net", "net = Net('4,4')\n    raise ValueError('no weights')\n    return Net"
            )
        }
    )
    assert zoo.run("--roots") == (0, "No findings in 2 files.\n", "")
    assert states(zoo) == {"failed": 1}


def test_what_there_was_no_time_for_is_told(zoo: Folder) -> None:
    ran = zoo.run("--roots", "--roots-budget", "0.000001")
    assert ran.out == "No findings in 2 files.\n"
    assert (
        ran.err
        == "gconv-lint: warning: 1 of 1 whole models were not looked at within the 1e-06 CPU-seconds of --roots-budget\n"
    )
    assert states(zoo, "--roots-budget", "0.000001") == {"unreached": 1}
    assert zoo.found("--roots") == [FOUND]


@pytest.mark.parametrize("value", ["0", "-1", "nan", "much"])
def test_budgets_are_numbers_above_zero(zoo: Folder, value: str) -> None:
    ran = zoo.run("--roots", "--roots-budget", value)
    assert ran.code == 2
    assert "--roots-budget" in ran.err
    assert "Traceback" not in ran.err


def test_models_without_anything_grouped_are_not_run(zoo: Folder) -> None:
    zoo.write({"small.py": SMALL.replace("'4,4'", "'1,1'")})
    assert states(zoo) == {"dense": 1}
    functional = UNITS.replace("return self.head(x)", "return nn.functional.conv2d(x, self.head.weight)")
    zoo.write({"units.py": functional})
    assert states(zoo) == {"whole": 1}


def test_statistics_say_how_far_models_were_followed(zoo: Folder) -> None:
    assert "Found 1 whole model: 1 followed to the end." in zoo.run("--roots", "--statistics").lines


def test_standard_input_builds_no_model(zoo: Folder) -> None:
    assert zoo.run("--roots", "-", stdin=SMALL).out == "No findings in 1 file.\n"


def test_models_do_not_see_each_other(zoo: Folder) -> None:
    """What one model changes in a module, or keeps there, does not change what is said of the next one."""
    text = """from torch import nn
from units import Net, Unit

GROUPS = []
KEPT = Net("4,4")

def first():
    GROUPS.append("4")
    return Net(",".join(GROUPS))

def second():
    return nn.Sequential(KEPT)

def third():
    return nn.Sequential(KEPT)
"""
    zoo.write({"small.py": text})
    ran = zoo.run("--roots")
    assert any("in the whole model `KEPT` and 2 others" in line for line in ran.lines), ran.out


def test_equal_names_in_other_folders_are_other_modules(zoo: Folder) -> None:
    zoo.write(
        {"a/units.py": UNITS, "a/small.py": SMALL.replace("'4,4'", "'4,1'"), "b/units.py": UNITS, "b/small.py": SMALL}
    )
    assert zoo.found("--roots", "a", "b") == [f"b/{FOUND}"]


def test_nothing_is_run(zoo: Folder) -> None:
    zoo.write(
        {
            "small.py": "import os\n"
            + SMALL.replace("return", "os.remove('units.py')\n    open('made', 'w')\n    return")
        }
    )
    zoo.run("--roots")
    assert Path("units.py").exists()
    assert not Path("made").exists()


def test_an_unchanged_run_follows_nothing(zoo: Folder, followed: list[str]) -> None:
    first = zoo.run("--roots")
    assert followed == ["small"]
    assert zoo.run("--roots") == first == zoo.run("--roots", "--no-cache")
    assert followed == ["small"] * 2


def test_only_models_that_rest_on_a_change_are_followed_anew(zoo: Folder, followed: list[str]) -> None:
    zoo.write({"other.py": SMALL.replace("from units", "from more").replace("small", "other"), "more.py": UNITS})
    assert zoo.found("--roots") == ["more.py:8:21 GC101", FOUND]
    assert sorted(followed) == ["other", "small"]
    zoo.write({"more.py": UNITS.replace("nn.ReLU()", "nn.Conv2d(16, 16, 1)")})
    assert zoo.found("--roots") == [FOUND]
    assert sorted(followed) == ["other", "other", "small"]


def test_files_that_come_to_be_are_seen(zoo: Folder) -> None:
    zoo.write({"small.py": SMALL.replace("from units", "from late.units")})
    assert zoo.found("--roots") == []
    zoo.write({"late/__init__.py": "", "late/units.py": UNITS})
    assert zoo.found("--roots", "small.py", "late") == [f"late/{FOUND}"]


def test_settings_are_seen(zoo: Folder) -> None:
    assert zoo.found("--roots") == [FOUND]
    zoo.write({"pyproject.toml": "[tool.gconv-lint]\nignore = ['GC101']\n"})
    assert zoo.found("--roots") == []


def test_several_processes_say_the_same(zoo: Folder) -> None:
    zoo.write({f"net{number}.py": SMALL.replace("small", f"net{number}") for number in range(3)})
    alone = zoo.run("--roots", "--no-cache", "--output-format", "json")
    assert zoo.run("--roots", "--no-cache", "-j", "2", "--output-format", "json") == alone
    assert alone.code == 1


def test_fixes_come_first(zoo: Folder) -> None:
    zoo.write({"bad.py": HEAD + "layer = nn.Conv2d(16, 16, 3, groups=4.0)\n"})
    ran = zoo.run("--roots", "--fix", "--unsafe-fixes")
    assert FOUND.split()[0] in ran.out
