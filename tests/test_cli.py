"""The command line: exit codes, streams, flags and the endings that are not a result."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import __version__, api, cli, rulebook

BAD = "from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n"
GOOD = "from torch import nn\nconv = nn.Conv2d(32, 64, 3, groups=4)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one and has no configuration above it that counts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.gconv-lint]\n")
    return tmp_path


@pytest.fixture
def bad(folder: Path) -> str:
    (folder / "bad.py").write_text(BAD)
    return "bad.py"


@pytest.fixture
def good(folder: Path) -> str:
    (folder / "good.py").write_text(GOOD)
    return "good.py"


def test_findings_exit_with_one(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([bad]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("bad.py:2:8: GC002 in-channels-not-divisible: ")
    assert "2 | conv = nn.Conv2d(30, 64, 3, groups=4)\n" in out
    assert "\nhelp: " in out
    assert out.endswith("Found 1 finding (1 error) in 1 file.\n[*] fixable: 1 with `--fix --unsafe-fixes`.\n")
    assert err == ""


def test_no_findings_exit_with_zero(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([good]) == 0
    assert capsys.readouterr().out == "No findings in 1 file.\n"


def test_check_is_the_default_command(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([bad]) == 1
    first = capsys.readouterr().out
    assert cli.main(["check", bad]) == 1
    assert capsys.readouterr().out == first


def test_no_path_means_the_current_folder(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == cli.main(["check"]) == 1
    assert "bad.py:2:8" in capsys.readouterr().out


def test_several_paths_between_flags(bad: str, good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([good, "--output-format", "concise", bad, "--isolated"]) == 1
    assert "in 2 files" in capsys.readouterr().out


def test_exit_zero(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--exit-zero", bad]) == 0
    assert "GC002" in capsys.readouterr().out


def test_json_is_an_array_of_findings(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--output-format", "json", bad]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["code"], finding["severity"]) == ("GC002", "error")
    assert finding["fix"]["applicability"] == "unsafe"
    (edit,) = finding["fix"]["edits"]
    assert (edit["content"], edit["location"], edit["end_location"]["column"]) == ("2", {"row": 2, "column": 36}, 37)
    assert finding["fix"]["price"]["after"] == {
        "groups": 2,
        "group_width": 15,
        "weights": 15 * 64 * 9,
        "macs_per_position": 15 * 64 * 9,
        "receptive_field": 15,
        "estimated_us": None,
    }
    assert finding["location"] == {"row": 2, "column": 8}
    assert (finding["facts"]["in_channels"], finding["facts"]["groups"]) == (30, 4)


def test_json_of_a_clean_run_is_empty(good: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--output-format=json", good]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert cli.main(["-", "--stdin-filename", "net.py"]) == 1
    assert "net.py:2:8: GC002" in capsys.readouterr().out


def test_standard_input_without_a_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    assert cli.main(["-"]) == 1
    assert "<stdin>:2:8: GC002" in capsys.readouterr().out


def test_closed_standard_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert cli.main(["-"]) == 0
    assert "No findings" in capsys.readouterr().out


def test_select_and_ignore(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--select", "GC4", bad]) == 0
    assert cli.main(["--ignore", "in-channels-not-divisible", bad]) == 0
    assert cli.main(["--select", "GC1,GC002", bad]) == 1
    assert cli.main(["--select", "GC002", "--select", "GC1", bad]) == 1


def test_comments_silence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("quiet.py").write_text(BAD.replace("=4)", "=4)  # noqa: GC002"))
    assert cli.main(["quiet.py"]) == 0


def test_statistics(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--statistics", bad]) == 1
    out = capsys.readouterr().out
    assert "       1          0  GC002 in-channels-not-divisible\n" in out
    assert "bad.py:2" not in out


def test_statistics_as_json(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--statistics", "--output-format", "json", bad]) == 1
    data = json.loads(capsys.readouterr().out)
    assert {"code": "GC002", "name": "in-channels-not-divisible", "count": 1, "undecided": 0} in data["rules"]
    assert data["groups"] == {"reached": 1, "decided": 1}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--select", "GC8"], "no rule is selected by `GC8`"),
        (["--ignore", "gc002"], "(did you mean `GC002`?)"),
        (["--select", "in-channel-not-divisible"], "(did you mean `in-channels-not-divisible`?)"),
        (["--output-format", "jsn"], "--output-format cannot be `jsn` (did you mean `json`?)"),
        (["rule", "GC002", "GC003"], "unexpected argument `GC003`"),
        (["rule", "GC002", ""], "unexpected argument ``"),
        (["--slect", "GC1"], "unknown flag `--slect` (did you mean `--select`?)"),
        (["--config", "none.toml"], "none.toml: cannot be read"),
        (["--select"], "--select"),
        (["--select", ","], "--select names no rule"),
        (["-", "x.py"], "standard input (`-`) cannot be linted together"),
        (["x.py", "--stdin-filename", "y.py"], "--stdin-filename names standard input"),
        (["rule"], "give either the code or name of one rule, or --all"),
        (["rule", "GC002", "--all"], "give either the code or name of one rule, or --all"),
        (["rule", "in-channel-not-divisible"], "(did you mean `in-channels-not-divisible`?)"),
        (["rule", "GC002", "--output-format", "jso"], "(did you mean `json`?)"),
    ],
)
def test_wrong_usage_is_one_sentence(
    folder: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("gconv-lint: ")
    assert sentence in err
    assert err.count("\n") == 1


def test_what_cannot_be_read_does_not_stop_the_rest(bad: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.py").write_text("from torch import nn\nnn.Conv2d(3, 4, groups=(\n")
    assert cli.main(["missing.py", "broken.py", bad]) == 2
    out, err = capsys.readouterr()
    assert "bad.py:2:8: GC002" in out
    assert "gconv-lint: missing.py: " in err
    assert "gconv-lint: broken.py" in err
    assert err.count("\n") == 2


def test_json_stays_json_beside_problems(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--output-format", "json", "missing.py"]) == 2
    assert json.loads(capsys.readouterr().out) == []


def test_a_crash_is_exit_two(bad: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr(api, "check_files", crash)
    assert cli.main([bad]) == 2
    assert "gconv-lint: internal error: RuntimeError: lost" in capsys.readouterr().err


def test_an_interrupt_is_one_line(
    bad: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "check_files", interrupt)
    assert cli.main([bad]) == 130
    assert capsys.readouterr().err == "gconv-lint: interrupted\n"


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"gconv-lint {__version__}\n"


def test_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        cli.main(["--help"])
    assert ending.value.code == 0
    assert "Exit codes: 0 nothing found, 1 findings, 2" in " ".join(capsys.readouterr().out.split())


def test_rule_prints_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rule", "GC002"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("# in-channels-not-divisible (GC002)\n")
    assert "# expect" not in page
    assert cli.main(["rule", "in-channels-not-divisible"]) == 0
    assert capsys.readouterr().out == page


def test_rule_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rule", "GC002", "--output-format", "json"]) == 0
    rule = json.loads(capsys.readouterr().out)
    assert (rule["code"], rule["name"]) == ("GC002", "in-channels-not-divisible")
    assert rule["url"].endswith("/docs/rules/GC002.md")


def test_all_rules_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rule", "--all", "--output-format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)
    assert [rule["code"] for rule in rules] == [rule.info.code for rule in rulebook.rules()]


def _command(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gconv_lint", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def test_the_module_runs_as_a_command(bad: str) -> None:
    result = _command(bad, env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)})
    assert (result.returncode, result.stderr) == (1, "")
    assert "\x1b" not in result.stdout


def test_a_process_of_its_own_never_collects_garbage(folder: Path) -> None:
    script = (
        "import gc, sys; from gconv_lint.cli import process; sys.argv = ['gconv-lint', '--isolated', '.']; "
        "print(process(), gc.isenabled(), gc.get_freeze_count() > 0, len(gc.get_objects()) < 100)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=env)
    assert result.stdout.splitlines()[-1] == "0 False True True"


def test_a_closed_pipe_is_quiet(folder: Path) -> None:
    Path("many.py").write_text("from torch import nn\n" + "nn.Conv2d(30, 64, 3, groups=4)\n" * 3000)
    script = f"{sys.executable} -m gconv_lint many.py | head -n 1; echo ${{PIPESTATUS[0]}}"
    env = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent)}
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False, env=env)
    assert result.stderr == ""
    assert result.stdout.splitlines()[-1] == "1"


def test_what_the_output_cannot_encode_is_escaped(folder: Path) -> None:
    Path("names.py").write_text(BAD.replace("\nconv", "\ngröße_畳 "), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent.parent), "PYTHONIOENCODING": "ascii"}
    result = _command("names.py", env=env)
    assert (result.returncode, result.stderr) == (1, "")
    assert "\\xf6" in result.stdout
