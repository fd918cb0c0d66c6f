"""``gconv-lint model`` and code that crashes, hangs, exits or is not there: one sentence each, and the others go on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.model_support import Run, command, written

HOSTILE = """\
import ctypes, os, subprocess, sys, time, urllib.request
import torch
from torch import nn

class Good(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        return self.conv(x)

def loops():
    while True:
        pass

def leaves():
    os._exit(0)

def exits():
    sys.exit(4)

def noisy():
    print("noise")
    print("noise", file=sys.stderr)
    os.write(1, b"noise")
    return Good()

def segfault():
    ctypes.string_at(0)

def wrong():
    return {"no": "module"}

def raises():
    raise KeyError("no such thing")

def downloads():
    urllib.request.urlopen("https://weights.invalid/weights.pt")

def hungry():
    bytearray(1 << 44)

def needs(width):
    return Good()

def forks():
    os.fork()
    return Good()

def deep():
    return deep()

class Unrun(nn.Module):
    def forward(self, x):
        raise RuntimeError("no \\x1b[31mway")

class Hidden(Exception):
    def __str__(self):
        raise TypeError

def hides():
    raise Hidden

def caught_before():
    try:
        nn.Conv2d(30, 30, 1, groups=4)
    except ValueError:
        pass
    return [][0]

def parricide():
    os.kill(os.getppid(), 15)
    time.sleep(60)

class Chooses(nn.Module):
    def forward(self, x):
        return torch.cond(x.sum() > 0, torch.relu, torch.sigmoid, (x,))

class Shows(nn.Module):
    def forward(self, x):
        raise ValueError(f"{object()} is odd")

class Exits(Good):
    def forward(self, x):
        sys.exit(3)

def begins():
    with open("begun.txt", "w") as stream:
        stream.write(str(subprocess.Popen(["sleep", "600"]).pid))
    return Good()

def two():
    return [Good(), Good()]

THING = 3
"""
FILES = {
    "hostile.py": HOSTILE,
    "syntax.py": "x = 1\ndef make(:\n    pass\n",
    "missing.py": "import nothing_of_this_name\n",
    "random.py": "from hostile import Good\n",
}
EXPECTED = {
    "hostile.py:loops": "hostile.py:1[34]: it takes longer than the 4 seconds of --timeout",
    "hostile.py:leaves": r"hostile.py:17: it ends the process with os._exit\(0\)",
    "hostile.py:exits": r"hostile.py:20: cannot be built: it calls sys.exit\(4\)",
    "hostile.py:segfault": r"hostile.py:29: it crashes the Python process \(SIGSEGV\)",
    "hostile.py:wrong": "`wrong` returns a dict; allowed are a module, or a module and its inputs",
    "hostile.py:raises": "hostile.py:35: cannot be built: KeyError: 'no such thing'",
    "hostile.py:downloads": "hostile.py:38: it needs a download from https://weights.invalid/weights.pt, and there is no "
    "network while it is linted",
    "hostile.py:hungry": "hostile.py:41: cannot be built: MemoryError: it needs more memory than --memory allows",
    "hostile.py:needs": "`needs` cannot be called: missing a required argument: 'width'; `--arg name=value` gives one",
    "hostile.py:deep": "hostile.py:51: cannot be built: RecursionError: .*",
    "hostile.py:Unrun": r"hostile.py:55: cannot be run on 1x3x224x224, which is tried where no --input is given; give "
    r"--input: RuntimeError: no \\x1b\[31mway",
    "hostile.py:hides": "hostile.py:62: cannot be built: Hidden",
    "hostile.py:caught_before": "hostile.py:69: cannot be built: IndexError: list index out of range",
    "hostile.py:parricide": r"it crashes the Python process \(SIGTERM\)",
    "hostile.py:Chooses": r"hostile.py:77: cannot be run on .*: NotImplementedError: `cond`, which runs functions that it "
    "is given, is not followed",
    "hostile.py:Shows": r"hostile.py:81: cannot be run on .*: ValueError: <object object> is odd",
    "hostile.py:Exits": r"hostile.py:85: cannot be run: it calls sys.exit\(3\)",
    "hostile.py:two": "`two` returns a list; allowed are a module, or a module and its inputs",
    "hostile.py:Goof": r"there is no `Goof` in hostile.py \(did you mean `Good`\?\)",
    "hostile.py:THING": "`THING` is of type int; allowed are modules and callables that return one",
    "syntax.py:make": "syntax.py:2: cannot be imported: SyntaxError: .*",
    "missing.py:make": "missing.py:1: cannot be imported: ModuleNotFoundError: No module named 'nothing_of_this_name'",
    "absent.py:make": "cannot be imported: FileNotFoundError: there is no file absent.py",
    "no.such.thing:make": "cannot be imported: ModuleNotFoundError: No module named 'no'",
}
SOUND = ("hostile.py:Good", "hostile.py:noisy", "hostile.py:forks", "random.py:Good")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = written(tmp_path_factory.mktemp("hostile"), FILES)
    words = ("--timeout", "4", "--isolated", "--output-format", "json")
    return command(folder, "model", *EXPECTED, *SOUND, *words)


@pytest.mark.parametrize("target", EXPECTED)
def test_one_sentence_with_the_line(hostile: Run, target: str) -> None:
    said = [line for line in hostile.errors if line.startswith(f"gconv-lint: {target}: ")]
    assert len(said) == 1
    import re

    assert re.fullmatch(EXPECTED[target], said[0].removeprefix(f"gconv-lint: {target}: ")), said[0]


def test_the_others_go_on(hostile: Run) -> None:
    assert hostile.code == 2
    assert len(hostile.errors) == len(EXPECTED)
    found = [each for each in hostile.models.values() if each["totals"] and each["totals"]["params"] == 224]
    assert {each["target"] for each in found} >= set(SOUND[1:])
    assert "noise" not in hostile.out


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="processes are ended by their group")
def test_processes_that_a_model_began_are_ended(tmp_path: Path) -> None:
    written(tmp_path, FILES)
    assert command(tmp_path, "model", "hostile.py:begins", "--isolated").code == 0
    number = int((tmp_path / "begun.txt").read_text())
    for _ in range(100):  # a process that was killed is there until somebody waits for it
        if not _is_running(number):
            return
        time.sleep(0.05)
    os.kill(number, signal.SIGKILL)
    pytest.fail("what the model began still runs")


def _is_running(number: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_a_failed_target_has_no_totals(hostile: Run) -> None:
    failed = hostile.models["raises"]
    assert (failed["totals"], failed["layers"], failed["findings"]) == (None, [], [])
    assert failed["problems"] == [
        {"filename": "hostile.py", "row": 35, "message": "cannot be built: KeyError: 'no such thing'"}
    ]


def test_without_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"missing/torch/__init__.py": "raise ImportError('not installed')\n", "net.py": "x = 1\n"})
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "missing"), *sys.path]))
    run = command(tmp_path, "model", "net.py:x", "--isolated")
    assert (run.code, run.out) == (2, "")
    assert run.errors == [
        "gconv-lint: models are run with torch, which is not installed here; "
        "`pip install 'gconv-lint[torch]'` installs it"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "no model is given, and no [[tool.gconv-lint.models]] lists any; a model is path/file.py:name or pkg.module:name"),
        (("net.py",), "`net.py` names no model; allowed is path/file.py:name or pkg.module:name"),
        (("net.py:a b",), "`net.py:a b` names no model; allowed is path/file.py:name or pkg.module:name"),
        (("a:b", "--engine", "fy"), "--engine cannot be `fy` (did you mean `fx`?); allowed is fx, source"),
        (("a:b", "--input", "1x3xhigh"), "`1x3xhigh` is no input; allowed are positive sizes such as 1x3x224x224, or 1x16:int64"),
        (("a:b", "--arg", "width"), "`width` is no argument; allowed is name=value, such as width=64"),
        (("a:b", "--max-params", "many"), "`many` is no number; allowed is a positive number such as 25000000 or 25M"),
        (("a:b", "--memory", "0"), "`0` is no number; allowed is a size such as 8G or 512M"),
        (("a:b", "--timeout", "-1"), "--timeout cannot be -1.0; allowed is a number above 0"),
        (("a:b", "--depth", "0"), "--depth cannot be 0; allowed is a number above 0"),
        (("a:b", "--select", "GC8"), "no rule is selected by `GC8`"),
        (("a:b", "--sorted", "macs"), "unknown flag `--sorted` (did you mean `--sort`?); see `gconv-lint model --help`"),
    ],
)  # fmt: skip
def test_misuse_is_one_sentence(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    run = command(tmp_path, "model", *words, "--isolated")
    assert (run.code, run.out) == (2, "")
    assert len(run.errors) == 1
    assert run.errors[0].startswith(f"gconv-lint: {said}")


def test_types_and_columns_have_nearest_words(tmp_path: Path) -> None:
    (said,) = command(tmp_path, "model", "a:b", "--input", "1x3:flota32", "--isolated").errors
    assert "`flota32` is no type of an input (did you mean `float32`?)" in said
    (said,) = command(tmp_path, "model", "a:b", "--sort", "mac", "--isolated").errors
    assert "--sort cannot be `mac` (did you mean `macs`?)" in said
