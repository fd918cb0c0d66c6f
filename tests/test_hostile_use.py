"""The command in a process of its own, with files, names and streams that are out of the ordinary."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import api

ROOT = Path(__file__).resolve().parent.parent
BAD = "from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one bad file in it and no configuration that counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.gconv-lint]\n")
    (tmp_path / "bad.py").write_text(BAD)
    return tmp_path


def lint(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command; its output is read as UTF-8."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **options.pop("env", {})}
    command = [sys.executable, "-m", "gconv_lint", *words]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, **options}
    return subprocess.run(command, env=env, encoding="utf-8", timeout=60, check=False, **settings)


def shell(script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script in which ``$LINT`` is the command."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LINT": f"{sys.executable} -m gconv_lint"}
    return subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60, check=False)


# Streams


@pytest.mark.parametrize("words", ["bad.py", "--output-format json bad.py", "--help", "--version", "rule GC002"])
def test_a_full_disk_is_one_sentence(words: str) -> None:
    result = shell(f"$LINT {words} > /dev/full")
    assert result.returncode == 2
    assert result.stderr == "gconv-lint: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize(("words", "code"), [("bad.py", 1), ("--version", 0), ("--statistics bad.py", 1)])
def test_a_closed_standard_output_is_quiet(words: str, code: int) -> None:
    result = shell(f"$LINT {words} >&-")
    assert (result.returncode, result.stderr) == (code, "")


@pytest.mark.parametrize("words", ["--help", "--version", "rule --all", "bad.py"])
def test_a_reader_that_leaves_is_no_error(words: str) -> None:
    result = shell(f"$LINT {words} | true; exit ${{PIPESTATUS[0]}}")
    assert result.returncode in (0, 1)
    assert result.stderr == ""


def test_a_closed_standard_error_does_not_move_problems_into_the_output() -> None:
    result = shell("$LINT --output-format json missing.py bad.py 2>&-")
    assert result.returncode == 2
    assert [finding["code"] for finding in json.loads(result.stdout)] == ["GC002"]


def test_standard_input_may_be_named_twice() -> None:
    result = lint("-", "-", stdin=None, input=BAD)
    assert result.returncode == 1
    assert "<stdin>:2:8: GC002" in result.stdout


def test_excluded_standard_input_is_left_out() -> None:
    Path("pyproject.toml").write_text('[tool.gconv-lint]\nexclude = ["third_party"]\n')
    result = lint("-", "--force-exclude", "--stdin-filename", "third_party/net.py", stdin=None, input=BAD)
    assert (result.returncode, result.stdout) == (0, "No findings in 0 files.\n")


# Paths


def test_a_folder_without_python_is_said() -> None:
    Path("empty").mkdir()
    result = lint("empty")
    assert (result.returncode, result.stdout) == (0, "No findings in 0 files.\n")
    assert result.stderr == "gconv-lint: warning: there is no Python file to check in the given paths\n"


def test_missing_paths_are_not_counted_as_files() -> None:
    result = lint("missing.py", "bad.py")
    assert result.returncode == 2
    assert result.stderr == "gconv-lint: missing.py: cannot be read: No such file or directory\n"
    assert result.stdout.endswith(
        "Found 1 finding (1 error) in 1 file; 1 problem on standard error.\n[*] fixable: 1 with `--fix --unsafe-fixes`.\n"
    )


def test_an_empty_path_is_said() -> None:
    assert lint("").stderr == "gconv-lint: a path cannot be empty\n"


def test_one_file_by_many_names_is_one_finding(folder: Path) -> None:
    result = lint("bad.py", "./bad.py", str(folder / "bad.py"), ".", str(folder), "--output-format", "concise")
    assert result.stdout.count("GC002") == 1
    assert result.stdout.startswith("bad.py:2:8: GC002")


@pytest.mark.parametrize("name", ["pipe.py", "/dev/zero", "/dev/fd/0"])
def test_what_is_neither_a_file_nor_a_folder_is_one_sentence(name: str) -> None:
    os.mkfifo("pipe.py")
    result = lint(name, stdin=subprocess.PIPE)
    assert (result.returncode, result.stdout) == (2, "No findings in 0 files; 1 problem on standard error.\n")
    assert result.stderr == f"gconv-lint: {name}: is neither a file nor a folder; `-` reads standard input\n"


def test_a_path_that_begins_with_a_dash() -> None:
    Path("-x.py").write_text(BAD)
    assert lint("--", "-x.py").stdout.startswith("-x.py:2:8: GC002")


@pytest.mark.parametrize("name", ["new\nline.py", "tab\t\x1b[31m.py", os.fsdecode(b"\xff\xfe.py"), "größe 畳.py"])
def test_odd_file_names(name: str) -> None:
    Path("odd").mkdir()
    try:
        Path("odd", name).write_text(BAD)
    except OSError:
        pytest.skip("this file system does not take such a name")
    text = lint("odd", "--output-format", "concise")
    assert (text.returncode, text.stderr, text.stdout.count("\n")) == (1, "", 3)
    assert "\x1b" not in text.stdout
    (finding,) = json.loads(lint("odd", "--output-format", "json").stdout)
    assert finding["filename"] == f"odd/{name}"
    Path("odd", name).write_text("from torch import nn\nnn.Conv2d(groups=(\n")
    broken = lint("odd")
    assert (broken.returncode, broken.stderr.count("\n")) == (2, 1)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_problem() -> None:
    Path("bad.py").chmod(0)
    result = lint("bad.py")
    assert (result.returncode, result.stderr) == (2, "gconv-lint: bad.py: cannot be read: Permission denied\n")


# Settings


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"[tool.gconv-lint\n", "is not valid TOML"),
        (b"\xff# gconv-lint", "is not valid TOML"),
        (b'tool = "gconv-lint"\n[project]', ""),
        (b"[tool.gconv_lint]\n", "unknown table `tool.gconv_lint` (did you mean `tool.gconv-lint`?)"),
        (b"[tool.setuptools]\npackages = ['gconv_lint']\n", ""),
        (b"[tool]\ngconv-lint = 3\n", "has to be a table"),
        (b"[tool.gconv-lint]\nselct = []\n", "unknown key `selct` (did you mean `select`?)"),
        (b"[tool.gconv-lint]\nselect = 'GC1'\n", '`select` cannot be "GC1"; allowed is an array'),
        (b"[tool.gconv-lint]\nselect = ['GC8']\n", "no rule is selected by `GC8`"),
        (b"[tool.gconv-lint]\nexclude = [3]\n", "`exclude` cannot be [3]"),
        (b"[tool.gconv-lint.rules.GC301]\nmin-group-width = -1\n", "a number above 0"),
        (b"[tool.gconv-lint.rules.GC301]\nmin-group-width = nan\n", "a number above 0"),
        (b"[tool.gconv-lint.rules.GC002]\nseverity = 'fatal'\n", '`severity` cannot be "fatal"'),
        (b"[tool.gconv-lint]\nrules = " + b"[" * 5000, "is not valid TOML"),
    ],
)
def test_a_broken_configuration_is_one_sentence(text: bytes, sentence: str) -> None:
    Path("pyproject.toml").write_bytes(text)
    result = lint("bad.py")
    if not sentence:
        assert result.returncode == 1
        return
    assert (result.returncode, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert sentence in result.stderr
    assert lint("--isolated", "bad.py").returncode == 1


def test_the_name_of_a_configuration_is_shown_on_one_line() -> None:
    result = lint("--config", "no\nsuch\x1b.toml", "bad.py")
    assert result.stderr == "gconv-lint: no\\nsuch\\x1b.toml: cannot be read: No such file or directory\n"


# Source text


def _first(name: str, data: bytes) -> tuple[str, list[str]]:
    """The first line and the excerpt of the only finding in a file with ``data``."""
    Path(name).write_bytes(data)
    lines = lint(name).stdout.split("\n")
    end = next(number for number, line in enumerate(lines) if line.startswith("help: "))
    return lines[0].split(" ")[0], [line.partition(" |")[2] for line in lines[1:end]]


@pytest.mark.parametrize(
    ("data", "where", "shown", "carets"),
    [
        (b"\xef\xbb\xbffrom torch import nn; x = nn.Conv2d(30, 64, 3, groups=4)\n", "1:27", 0, 30),
        (b"from torch import nn\r\nx = 1; y = nn.Conv2d(30, 64, 3, groups=4)\r\n", "2:12", 0, 30),
        (b"from torch import nn\rx = 1; y = nn.Conv2d(30, 64, 3, groups=4)\r", "2:12", 0, 30),
        (b"# coding: latin-1\nfrom torch import nn\nx = '\xe9'; y = nn.Conv2d(30, 64, 3, groups=4)", "3:14", 0, 30),
        ("from torch import nn\nx = '畳み'; y = nn.Conv2d(30, 64, 3, groups=4)\n".encode(), "2:15", 2, 30),
        ("from torch import nn\nx = 'e\u0301'; y = nn.Conv2d(30, 64, 3, groups=4)\n".encode(), "2:15", -1, 30),
        (b"from torch import nn\nx = '\t'; y = nn.Conv2d(30, 64, 3, groups=4)\n", "2:14", 0, 30),
        (b"from torch import nn\ndef f():\n\treturn nn.Conv2d(30, 64, 3, groups=4)\n", "3:9", 0, 30),
        (b"from torch import nn\n\x0c\ny = nn.Conv2d(30, 64, 3, groups=4)\n", "3:5", 0, 30),
        (b"from torch import nn\ny = nn.Conv2d(30, 64, 3,\n  groups=4)\n", "2:5", 0, 20),
    ],
)
def test_carets_stand_under_the_call(data: bytes, where: str, shown: int, carets: int) -> None:
    """``shown`` is by how many cells more a terminal takes for the line than it has characters."""
    position, excerpt = _first("net.py", data)
    assert position == f"net.py:{where}:"
    line, marks = excerpt[1], excerpt[2]
    assert marks.index("^") == line.index("nn.Conv2d") + shown
    assert marks.count("^") == carets


def test_a_call_of_many_lines_is_shown_in_part() -> None:
    lines = ["y = nn.Conv2d(", "    30,", "    64,", "    3,", *["    # why"] * 25, "    groups=4,", ")"]
    _, excerpt = _first("net.py", "\n".join(["from torch import nn", *lines]).encode())
    assert excerpt == ["", f" {lines[0]}", "     ^^^^^^^^^^", *(f" {line}" for line in lines[1:6]), " ..."]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"from torch import nn\x00\nnn.Conv2d(30, 64, 3, groups=4)\n", "net.py: cannot be parsed: source code"),
        (b"from torch import nn\nx = '\xff'; nn.Conv2d(30, 64, 3, groups=4)\n", "net.py: cannot be decoded as utf-8"),
        (b"# coding: nonsense\nfrom torch import nn; nn.Conv2d(30, 64, 3, groups=4)\n", "net.py: "),
        (b"from torch import nn\nnn.Conv2d(groups=" + b"(" * 4000 + b"4" + b")" * 4000 + b")\n", "net.py:2:"),
        (b"from torch import nn\nnn.Conv2d(groups=4\n", "net.py:2:10: cannot be parsed: '(' was never closed"),
        (b"from torch import nn\nnn.Conv2d(groups=" + b"9" * 5000 + b")\n", "net.py:2:"),
    ],
)
def test_a_file_that_cannot_be_parsed_costs_one_line(data: bytes, sentence: str) -> None:
    Path("net.py").write_bytes(data)
    result = lint("net.py", "bad.py", "--output-format", "json")
    assert result.returncode == 2
    assert [finding["filename"] for finding in json.loads(result.stdout)] == ["bad.py"]
    assert result.stderr.startswith(f"gconv-lint: {sentence}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("groups", ["10**5000", "2**70", "-(10**4000)", "1e400", "float('nan')", "'\\ud800'", "b'4'"])
def test_values_that_are_hard_to_print(groups: str) -> None:
    Path("net.py").write_text(f"from torch import nn\ny = nn.Conv2d(30, 64, 3, groups={groups})\n")
    for output_format in ("full", "json"):
        result = lint("net.py", "--output-format", output_format)
        assert result.stderr == ""
        assert result.returncode in (0, 1)
    json.loads(result.stdout, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_many_findings() -> None:
    Path("many.py").write_text("from torch import nn\n" + "nn.Conv2d(30, 64, 3, groups=4)\n" * 2000)
    assert len(json.loads(lint("many.py", "--output-format", "json").stdout)) == 2000


def test_a_long_chain_of_branches_costs_nothing_else(tmp_path: Path) -> None:
    branches = "".join(f'elif K == "m{i}":\n    x = nn.Conv2d(3, 3, 3, groups=3)\n' for i in range(2500))
    (tmp_path / "chain.py").write_text(f"from torch import nn\n\nK = input()\nif K:\n    pass\n{branches}")
    (tmp_path / "bad.py").write_text("from torch import nn\n\nconv = nn.Conv2d(3, 3, 3, groups=2)\n")
    report = api.check([str(tmp_path)])
    assert report.problems == ()
    assert {finding.rule.code for finding in report.findings} == {"GC002", "GC003"}


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    code = "import os, sys; os.rmdir(os.getcwd()); from gconv_lint.cli import main; sys.exit(main(['--isolated', '.']))"
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = subprocess.run([sys.executable, "-c", code], cwd=gone, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "gconv-lint: the current folder does not exist any more\n")


def test_a_caller_is_read_though_it_speaks_of_no_layers(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "block.py").write_text(
        "from torch import nn\n\n\nclass Block(nn.Module):\n    def __init__(self, c, g=1):\n"
        "        super().__init__()\n        self.body = nn.Conv2d(c, c, 3, groups=g)\n"
    )
    (package / "zoo.py").write_text("from .block import Block\n\n\ndef small():\n    return Block(12, 5)\n")
    assert {finding.rule.code for finding in api.check([str(package)]).findings} == {"GC002", "GC003"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("rule GC00", "no rule is called `GC00`; it could mean GC001, GC002, GC003, GC004, GC006, GC007, GC008, GC009"),
        (
            "rule depthwise-",
            "no rule is called `depthwise-`; it could mean depthwise-missing-groups, depthwise-without-",
        ),
        ("rule gc002", "no rule is called `gc002` (did you mean `GC002`?)"),
        ("rule XX1", "no rule is called `XX1`"),
        ("-j many bad.py", "--jobs cannot be `many`; allowed is a whole number above 0"),
        ("--roots-budget=x bad.py", "--roots-budget cannot be `x`; allowed is a number above 0"),
    ],
)
def test_a_word_that_means_nothing_is_answered_with_those_that_do(words: str, sentence: str) -> None:
    ran = lint(*words.split())
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"gconv-lint: {sentence}")
    assert ran.stderr.count("\n") == 1


def test_a_prefix_of_many_codes_names_some() -> None:
    ran = lint("rule", "GC")
    assert re.search(r"GC012, GC013 and \d+ more\n$", ran.stderr)
