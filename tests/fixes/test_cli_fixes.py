"""``--fix``, ``--diff`` and their relatives on the command line: what is written, printed, and the exit code."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gconv_lint import cli, files
from gconv_lint.fixes import writing

WRONG = "import torch.nn as nn\n\nconv = nn.Conv2d(8, 8, 3, groups=3)\nshuffle = nn.ChannelShuffle(1)\n"
SAFE = WRONG.replace("ChannelShuffle(1)", "Identity()")
MENDED = SAFE.replace("groups=3", "groups=2")


@pytest.fixture
def wrong() -> Path:
    path = Path("net.py")
    path.write_text(WRONG)
    return path


def test_fix_applies_safe_fixes_and_reports_the_rest(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["net.py", "--fix"]) == 1
    assert wrong.read_text() == SAFE
    out = capsys.readouterr().out
    assert out.endswith(
        "Fixed 1 finding. Found 2 findings (2 errors) in 1 file.\n[*] fixable: 2 with `--fix --unsafe-fixes`.\n"
    )


def test_unsafe_fixes_are_applied_when_asked_for(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["net.py", "--fix", "--unsafe-fixes", "--show-fixes"]) == 0
    assert wrong.read_text() == MENDED
    out, err = capsys.readouterr()
    assert out == "Fixed 3 findings. No findings in 1 file.\n"
    assert "1 x GC103 (no-op-channel-shuffle)" in err
    assert cli.main(["net.py", "--fix", "--unsafe-fixes"]) == 0
    assert wrong.read_text() == MENDED


def test_unsafe_fixes_alone_change_nothing_and_mark_what_is_fixable(
    wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["net.py", "--unsafe-fixes"]) == 1
    assert wrong.read_text() == WRONG
    assert "GC002 [*] " in capsys.readouterr().out


def test_diff_prints_the_change_and_makes_none(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["net.py", "--diff"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("--- net.py\n+++ net.py\n@@ ")
    assert "-shuffle = nn.ChannelShuffle(1)\n+shuffle = nn.Identity()\n" in out
    assert err == "gconv-lint: would fix 1 finding\n"
    assert wrong.read_text() == WRONG
    wrong.write_text(MENDED)
    assert cli.main(["net.py", "--diff"]) == 0


def test_a_diff_can_be_applied(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong.write_bytes(WRONG.replace("\n", "\r\n").encode().rstrip())
    cli.main(["net.py", "--diff", "--unsafe-fixes"])
    patch = capsys.readouterr().out
    subprocess.run(["git", "apply", "--unsafe-paths", "-p0", "-"], input=patch.encode(), check=True)
    assert wrong.read_bytes() == MENDED.replace("\n", "\r\n").encode().rstrip()


def test_a_diff_goes_to_the_file_that_is_named(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = WRONG.replace("\n", "\r\n").encode()
    wrong.write_bytes(data)
    assert cli.main(["net.py", "--diff", "--unsafe-fixes", "-o", "patches/net.patch"]) == 1
    assert capsys.readouterr() == ("", "gconv-lint: would fix 3 findings\n")
    assert wrong.read_bytes() == data
    subprocess.run(["git", "apply", "--unsafe-paths", "-p0", "patches/net.patch"], check=True)
    assert wrong.read_bytes() == MENDED.replace("\n", "\r\n").encode()
    assert cli.main(["net.py", "--diff", "-o", "patches/net.patch"]) == 0
    assert Path("patches/net.patch").read_bytes() == b""


@pytest.mark.parametrize(
    ("groups", "weights", "field"), [((4, 4), (576, 576), (4, 16)), ((8, 4), (576, 832), (4, 16))], ids=str
)
def test_a_fix_says_what_it_costs_and_what_outputs_see(
    groups: tuple[int, int], weights: tuple[int, int], field: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = groups
    Path("net.py").write_text(
        "from torch import nn\n\nnet = nn.Sequential(\n"
        f"    nn.Conv2d(16, 16, 3, padding=1, groups={first}),\n    nn.ReLU(),\n"
        f"    nn.Conv2d(16, 16, 3, padding=1, groups={second}),\n    nn.Conv2d(16, 8, 1),\n)\n"
    )
    cli.main(["net.py", "--output-format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)
    price = finding["fix"]["price"]
    assert (price["before"]["weights"], price["after"]["weights"]) == weights
    assert (price["before"]["receptive_field"], price["after"]["receptive_field"]) == field


def test_fix_only_reports_nothing(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["net.py", "--fix-only"]) == 0
    assert capsys.readouterr().out == ""
    assert wrong.read_text() == SAFE


def test_fixes_can_be_a_failure(wrong: Path) -> None:
    wrong.write_text(SAFE.replace("groups=3", "groups=2").replace("Identity()", "ChannelShuffle(1)"))
    assert cli.main(["net.py", "--fix", "--exit-non-zero-on-fix"]) == 1
    assert wrong.read_text() == MENDED


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (["--unfixable", "GC103"], WRONG),
        (["--fixable", "GC002"], WRONG),
        (["--fixable", "GC002", "--extend-fixable", "GC103"], SAFE),
        (["--config", "fixable = ['GC002']", "--config", "extend-fixable = ['GC1']"], SAFE),
        (["--extend-fixable", "GC103", "--unfixable", "GC103"], WRONG),
        (["--extend-safe-fixes", "GC002,GC003"], MENDED),
        (["--extend-unsafe-fixes", "GC1"], WRONG),
        (["--ignore", "GC103"], WRONG),
        (["--config", "fix = false"], SAFE),
        (["--config", "unsafe-fixes = true"], MENDED),
    ],
)
def test_settings_say_which_fixes_are_applied(wrong: Path, flags: list[str], text: str) -> None:
    cli.main(["net.py", "--fix", *flags])
    assert wrong.read_text() == text


def test_a_configuration_can_ask_for_fixes(wrong: Path) -> None:
    Path("pyproject.toml").write_text('[tool.gconv-lint]\nfix = true\nextend-safe-fixes = ["GC00"]\n')
    assert cli.main(["net.py"]) == 0
    assert wrong.read_text() == MENDED


def test_a_wrong_selector_is_one_sentence(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["net.py", "--fixable", "GC999"]) == 2
    assert "`GC999`" in capsys.readouterr().err
    assert wrong.read_text() == WRONG


def test_suppressed_findings_stay(wrong: Path) -> None:
    text = WRONG.replace("Shuffle(1)", "Shuffle(1)  # noqa: GC103")
    wrong.write_text(text)
    cli.main(["net.py", "--fix"])
    assert wrong.read_text() == text


def test_standard_input_is_printed_fixed(wrong: Path) -> None:
    command = [sys.executable, "-m", "gconv_lint", "-", "--stdin-filename", "other.py", "--fix", "--unsafe-fixes"]
    ran = subprocess.run(command, input=WRONG, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, MENDED)
    assert not Path("other.py").exists()
    assert wrong.read_text() == WRONG


def test_permissions_and_links_stay(wrong: Path) -> None:
    wrong.chmod(0o750)
    Path("link.py").symlink_to(wrong)
    cli.main(["link.py", "--fix"])
    assert wrong.read_text() == SAFE
    assert stat.S_IMODE(wrong.stat().st_mode) == 0o750
    assert Path("link.py").is_symlink()
    assert sorted(os.listdir()) == ["link.py", "net.py"]


def test_a_read_only_file_is_left_alone(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong.chmod(0o444)
    assert cli.main(["net.py", "--fix"]) == 2
    assert "net.py: is read-only; it was left as it is" in capsys.readouterr().err
    assert wrong.read_text() == WRONG


def test_what_could_not_be_written_is_not_said_to_be_fixed(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("open.py").write_text(WRONG)
    wrong.chmod(0o444)
    assert (
        cli.main(["net.py", "open.py", "--fix", "--unsafe-fixes", "--output-format", "json", "-o", "report.json"]) == 2
    )
    assert {each["filename"] for each in json.loads(Path("report.json").read_text())} == {"net.py"}
    assert cli.main(["net.py", "--fix", "--unsafe-fixes", "--show-fixes"]) == 2
    out, err = capsys.readouterr()
    assert "Fixed" not in out
    assert "Found 3 findings" in out
    assert "fixed 3" not in err


def test_a_file_with_several_names_is_left_alone(wrong: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.link("net.py", "same.txt")
    assert cli.main(["net.py", "--fix"]) == 2
    said = "net.py: has 2 hard links, and the others would keep the old text; it was left as it is"
    assert said in capsys.readouterr().err
    assert os.path.samefile("net.py", "same.txt")
    assert wrong.read_text() == WRONG
    assert cli.main(["net.py", "--diff"]) == 1


def test_files_are_looked_for_once(wrong: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    find = files.find
    monkeypatch.setattr(files, "find", lambda *words: looked.append(words) or find(*words))
    assert cli.main([".", "--fix", "--unsafe-fixes"]) == 0
    assert wrong.read_text() == MENDED
    assert len(looked) == 1


def test_an_error_that_only_the_whole_program_shows_keeps_no_fix_from_being_made(wrong: Path) -> None:
    Path("deco.py").write_text(
        "from torch import nn\n\n\ndef reg(x):\n    return lambda f: f\n\n\n"
        "@reg(nn.Conv2d(8, 8, 3, groups=5 if len('a') else 3))\ndef f():\n    pass\n"
    )
    cli.main([".", "--fix", "--unsafe-fixes"])
    assert wrong.read_text() == MENDED


def test_a_file_that_changed_meanwhile_is_left_alone(wrong: Path) -> None:
    (problem,) = writing.write_all({"net.py": b"fixed"}, {"net.py": b"older"})
    assert problem.message == "was changed while it was being fixed; it was left as it is"
    assert wrong.read_text() == WRONG
    assert os.listdir() == ["net.py"]


def test_a_full_disk_leaves_the_file_alone(
    wrong: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert cli.main(["net.py", "--fix"]) == 2
    assert "net.py: cannot be written: No space left on device; it was left as it is" in capsys.readouterr().err
    assert wrong.read_text() == WRONG
    assert os.listdir() == ["net.py"]


def test_notebooks_are_reported_and_never_changed() -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": WRONG}
    text = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    Path("net.ipynb").write_text(text)
    assert cli.main(["net.ipynb", "--fix", "--unsafe-fixes"]) == 1
    assert Path("net.ipynb").read_text() == text


def test_only_files_under_test_are_changed() -> None:
    Path("parts.py").write_text(
        "from torch import nn\n\n\ndef conv(n, groups=3):\n    return nn.Conv2d(n, n, 3, groups=groups)\n"
    )
    before = Path("parts.py").read_text()
    Path("net.py").write_text("from parts import conv\n\nlayer = conv(8)\n")
    cli.main(["net.py", "--fix", "--unsafe-fixes"])
    assert Path("parts.py").read_text() == before
    assert cli.main([".", "--fix", "--unsafe-fixes"]) == 0
    assert Path("parts.py").read_text() == before.replace("groups=3", "groups=2")


def test_files_that_cannot_be_parsed_are_a_problem_and_the_others_are_fixed(wrong: Path) -> None:
    Path("broken.py").write_text("from torch import nn\nnn.Conv2d(groups=\n")
    assert cli.main([".", "--fix"]) == 2
    assert wrong.read_text() == SAFE
    assert Path("broken.py").read_text() == "from torch import nn\nnn.Conv2d(groups=\n"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(WRONG.replace("\n\n", "\n\x0c\n# a\x1cb\u2028c\n").encode(), id="form feeds and other separators"),
        pytest.param(("# -*- coding: latin-1 -*-\n# é\n" + WRONG).encode("latin-1"), id="latin-1"),
        pytest.param(WRONG.replace("\n", "\r").encode(), id="carriage returns"),
        pytest.param(b"\xef\xbb\xbf" + WRONG.rstrip().encode(), id="byte order mark"),
    ],
)
@pytest.mark.parametrize("command", ["git", "patch"])
def test_a_diff_of_any_text_can_be_applied(data: bytes, command: str) -> None:
    path = Path("my net.py")
    path.write_bytes(data)
    run = [sys.executable, "-m", "gconv_lint", str(path), "--unsafe-fixes"]
    patch = subprocess.run([*run, "--diff"], capture_output=True, check=False)
    assert patch.returncode == 1
    words = ["git", "apply", "--unsafe-paths", "-p0", "-"] if command == "git" else ["patch", "-p0", "--binary"]
    subprocess.run(words, input=patch.stdout, check=True, capture_output=True)
    patched = path.read_bytes()
    path.write_bytes(data)
    assert subprocess.run([*run, "--fix"], capture_output=True, check=False).returncode == 0
    assert (
        patched
        == path.read_bytes()
        == data.replace(b"groups=3", b"groups=2").replace(b"ChannelShuffle(1)", b"Identity()")
    )


@pytest.mark.parametrize("text", [WRONG, "x = (\n", "# nothing\n", "# \xe9 = \\u1234\n" + WRONG])
def test_standard_input_comes_back_byte_for_byte(text: str) -> None:
    command = [sys.executable, "-m", "gconv_lint", "-", "--fix"]
    for data in (("# -*- coding: latin-1 -*-\r\n" + text).encode("latin-1"), b"\xef\xbb\xbf" + text.encode()):
        ran = subprocess.run(command, input=data, capture_output=True, check=False)
        assert ran.stdout == data.replace(b"ChannelShuffle(1)", b"Identity()")
        assert b"Traceback" not in ran.stderr


def test_standard_input_that_is_no_text_comes_back_as_it_is() -> None:
    command = [sys.executable, "-m", "gconv_lint", "-", "--fix"]
    ran = subprocess.run(command, input=b"x = '\xff\xfe'\n", capture_output=True, check=False)
    assert ran.stdout == b"x = '\xff\xfe'\n"


def test_the_command_line_can_turn_fixes_off(wrong: Path) -> None:
    Path("pyproject.toml").write_text("[tool.gconv-lint]\nfix = true\nunsafe-fixes = true\n")
    assert cli.main(["net.py", "--no-fix"]) == 1
    assert wrong.read_text() == WRONG
    cli.main(["net.py", "--no-unsafe-fixes"])
    assert wrong.read_text() == SAFE


@pytest.mark.parametrize("flag", ["--write-baseline=known.json", "--add-noqa"])
def test_findings_are_written_down_as_they_are_without_fixes(
    wrong: Path, flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["net.py", "--fix", flag]) == 2
    assert "run it without fixes" in capsys.readouterr().err
    assert wrong.read_text() == WRONG
    Path("pyproject.toml").write_text("[tool.gconv-lint]\nfix = true\n")
    cli.main(["net.py", flag])
    assert "ChannelShuffle(1)" in wrong.read_text()


def test_an_interrupt_while_writing_leaves_the_file_and_nothing_else(
    wrong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        writing.write_all({"net.py": b"fixed"}, {"net.py": WRONG.encode()})
    assert wrong.read_text() == WRONG
    assert os.listdir() == ["net.py"]


def test_a_file_that_is_gone_is_a_problem(wrong: Path) -> None:
    wrong.unlink()
    (problem,) = writing.write_all({"net.py": b"fixed"}, {"net.py": WRONG.encode()})
    assert problem.message == "cannot be written: No such file or directory; it was left as it is"
    assert os.listdir() == []
