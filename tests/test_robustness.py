"""Interrupts, closed streams, unreadable files, links in circles: one line, the right exit code, nothing half written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gconv_lint import cli
from tests.cli_support import BAD, ROOT, Folder, process

#: Three seconds of work.
SLOW = "from torch import nn\n" + "".join(
    f"def f{i}(n, m):\n    for _ in range(n):\n        nn.Conv2d(m, m, 3, groups=m)\n    return n + m\n"
    f"x{i} = [f{i}(a, b) for a in range(2, 90) for b in range(2, 90)]\n"
    for i in range(40)
)
KEPT = "what was there"


def _begun(folder: Path, *words: str, **options: Any) -> subprocess.Popen[bytes]:
    """The command in a process group of its own, as a shell begins it."""
    command = [sys.executable, "-m", "gconv_lint", *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=folder, env=env, start_new_session=True, **{**pipes, **options})


def _interrupted(begun: subprocess.Popen[bytes]) -> tuple[int, bytes, bytes]:
    """Press Ctrl-C, which goes to the whole group: the exit code, standard output and error."""
    with begun:
        os.killpg(begun.pid, signal.SIGINT)
        out, err = begun.communicate(timeout=60)
    return begun.returncode, out, err


def _until_busy(begun: subprocess.Popen[bytes], seconds: float = 0.5) -> None:
    """Wait until a process has used some CPU time: it is at work by then (Linux)."""
    tick = os.sysconf("SC_CLK_TCK")
    while begun.poll() is None:
        fields = Path(f"/proc/{begun.pid}/stat").read_text().rpartition(")")[2].split()
        if int(fields[11]) >= seconds * tick:
            return
        time.sleep(0.01)
    pytest.fail("it ended before it was interrupted")


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes as Linux shows them")


@linux
@pytest.mark.parametrize("words", [[], ["-j", "2"], ["--fix"], ["-o", "out.txt"], ["--write-baseline", "out.txt"]])
def test_an_interrupted_run_is_one_line_and_leaves_nothing(project: Folder, words: Sequence[str]) -> None:
    project.write({f"net{i}.py": SLOW for i in range(2)})
    project.write({"out.txt": KEPT})
    begun = _begun(project.path, ".", *words)
    _until_busy(begun)
    assert _interrupted(begun) == (130, b"", b"gconv-lint: interrupted\n")
    assert sorted(os.listdir(project.path)) == ["net0.py", "net1.py", "out.txt", "pyproject.toml"]
    assert (project.path / "out.txt").read_text() == KEPT


@linux
def test_waiting_for_input_can_be_interrupted(project: Folder) -> None:
    begun = _begun(project.path, "-")
    _until_busy(begun, 0.05)
    time.sleep(0.2)
    assert _interrupted(begun) == (130, b"", b"gconv-lint: interrupted\n")


@pytest.mark.parametrize("words", [["-o", "out.txt"], ["--write-baseline", "out.txt"], ["--add-noqa"]])
@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), OSError(28, "No space left on device")], ids=["^C", "full disk"]
)
def test_files_are_written_whole_or_not_at_all(
    project: Folder, monkeypatch: pytest.MonkeyPatch, words: Sequence[str], error: BaseException
) -> None:
    project.write({"net.py": BAD, "out.txt": KEPT})

    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fail)
    ran = project.run("--no-cache", "net.py", *words)
    assert ran.code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert ran.err.count("\n") == 1
    assert sorted(os.listdir(project.path)) == ["net.py", "out.txt", "pyproject.toml"]
    assert (project.path / "out.txt").read_text() == KEPT
    assert (project.path / "net.py").read_text() == BAD


def test_a_report_keeps_the_permissions_and_the_link_of_its_file(project: Folder) -> None:
    project.write({"net.py": BAD, "there.txt": KEPT})
    (project.path / "there.txt").chmod(0o640)
    (project.path / "out.txt").symlink_to("there.txt")
    assert project.run("net.py", "-o", "out.txt").code == 1
    assert (project.path / "out.txt").is_symlink()
    assert "GC002" in (project.path / "there.txt").read_text()
    assert (project.path / "there.txt").stat().st_mode & 0o777 == 0o640
    before = os.umask(0o027)
    try:
        project.run("net.py", "-o", "new.txt")
    finally:
        os.umask(before)
    assert (project.path / "new.txt").stat().st_mode & 0o777 == 0o640


def test_a_report_may_go_to_a_device(project: Folder) -> None:
    project.write({"net.py": BAD})
    ran = process("net.py", "-o", "/dev/stdout", cwd=project.path)
    assert (ran.code, ran.err) == (1, "")
    assert "GC002" in ran.out


def test_a_closed_standard_input_holds_nothing(project: Folder) -> None:
    script = f'"{sys.executable}" -m gconv_lint - <&-'
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        ["bash", "-c", script], cwd=project.path, env=env, capture_output=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == b"No findings in 1 file.\n"


def test_unreadable_files_and_folders_are_problems_and_the_others_are_linted(
    project: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Permissions as the operating system denies them to ordinary users; tests may run as another one."""
    project.write({"good/net.py": BAD, "shut/net.py": BAD, "locked.py": BAD})
    scandir, real_open = os.scandir, open

    def scan(folder: Any) -> Any:
        if str(folder).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    def opened(path: Any, *words: Any, **more: Any) -> Any:
        if str(path).endswith("locked.py"):
            raise PermissionError(13, "Permission denied")
        return real_open(path, *words, **more)

    monkeypatch.setattr(os, "scandir", scan)
    monkeypatch.setattr("builtins.open", opened)
    ran = project.run(".", "--no-cache", "--output-format", "concise")
    assert ran.code == 2
    assert sorted(ran.err.splitlines()) == [
        "gconv-lint: locked.py: cannot be read: Permission denied",
        "gconv-lint: shut: cannot be read: Permission denied",
    ]
    assert ran.lines[0].startswith("good/net.py:2:8: GC002")


def test_links_in_circles_are_followed_nowhere(project: Folder) -> None:
    project.write({"src/net.py": BAD})
    for name, target in {"here": ".", "up": "..", "a": "b", "b": "a", "self.py": "self.py", "gone.py": "no.py"}.items():
        (project.path / "src" / name).symlink_to(target)
    for words in (["."], ["src"], ["src/here/up"], ["src", "src/here", "src/up", "src/net.py"], ["**/*.py"]):
        ran = project.run(*words, "--output-format", "concise", "--exit-zero")
        assert ran.out.count("GC002") == 1
    assert project.run(".").err == ""
    named = project.run("src/self.py", "src/a")
    assert named.code == 2
    assert named.err.splitlines() == [
        f"gconv-lint: src/{name}: cannot be read: Too many levels of symbolic links" for name in ("self.py", "a")
    ]


ODD = os.fsdecode(b"na\xffme")


@pytest.fixture
def odd(project: Folder) -> Folder:
    """A finding in a folder, a package and a file whose names are no UTF-8."""
    try:
        (project.path / ODD).mkdir()
    except OSError:
        pytest.skip("this file system takes no such names")
    for name in ("__init__.py", f"{ODD}.py"):
        (project.path / ODD / name).write_text(BAD)
    return project


@pytest.mark.parametrize(
    "output_format", ["full", "concise", "grouped", "json", "json-lines", "sarif", "github", "gitlab", "junit"]
)
def test_names_that_are_no_utf_8_can_be_printed(odd: Folder, output_format: str) -> None:
    """In any encoding, to standard output and to a file."""
    name = os.path.join(ODD, "out")
    ran = odd.run(".", "--output-format", output_format)
    assert (ran.code, ran.err) == (1, "")
    assert odd.run(".", "--output-format", output_format, "-o", name).code == 1
    assert "GC002" in (odd.path / name).read_text(encoding="utf-8")


def test_names_that_are_no_utf_8_can_be_written_down(odd: Folder) -> None:
    known = os.path.join(ODD, "known.json")
    assert odd.run(".", "--write-baseline", known).code == 0
    assert odd.run(".", "--baseline", known).code == 0
    ran = process(".", "-j", "2", "--diff", "--unsafe-fixes", cwd=odd.path, errors="replace")
    assert ran.code == 1
    assert odd.run("--show-files", ".").out.count("\\udcff") == 3
    assert odd.run(".", "--add-noqa").code == 0
    assert odd.run(".").code == 0
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert process(".", "--ignore-noqa", cwd=odd.path, env=plain).code == 1


def test_a_failure_of_ours_asks_for_a_report(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    from gconv_lint.commands import check

    monkeypatch.setattr(check, "_inputs", lambda options: 1 // 0)
    assert cli.main(["."]) == 2
