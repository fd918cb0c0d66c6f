"""What is remembered between runs never changes an answer, and several processes give the same one."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gconv_lint import cache as cache_module
from gconv_lint.frontends.source import analysis
from gconv_lint.frontends.source.project import Project
from gconv_lint.frontends.source.units import Units
from tests.cli_support import BAD, GOOD, Folder, Ran, process

HELPER = "from torch import nn\n\n\ndef conv(width, groups):\n    return nn.Conv2d(width, 64, 3, groups=groups)\n"
NET = "from helper import conv\n\nnet = conv({}, 4)\n"
SHUFFLE = (
    "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    "        self.conv = nn.Conv2d(16, 16, 1, groups=4)\n\n    def _channel_shuffle(self, x):\n"
    "        b, c, h, w = x.shape\n        return x.reshape(b, 4, c // 4, h, w).transpose(1, 2).reshape(b, c, h, w)\n\n"
    "    def forward(self, x):\n        return self.conv(x)\n"
)


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The files of each evaluation, in the order in which they happen."""
    seen: list[tuple[str, ...]] = []
    real = analysis._analyse

    def noted(texts: Project, paths: tuple[str, ...], *rest: object) -> object:
        seen.append(tuple(paths))
        return real(texts, paths, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "_analyse", noted)
    return seen


def _same(project: Folder, *words: str) -> Ran:
    """A run whose answer is that of a run without a cache."""
    ran = project.run(*words)
    assert ran == project.run("--no-cache", *words)
    return ran


def test_an_unchanged_run_evaluates_nothing(project: Folder, evaluated: list[tuple[str, ...]]) -> None:
    project.write({"net.py": BAD, "other.py": GOOD})
    first = project.run("--output-format", "json")
    assert len(evaluated) == 2
    assert project.run("--output-format", "json") == first
    assert project.run("--output-format", "full").code == 1
    assert len(evaluated) == 2


def test_every_format_is_the_same_from_memory(project: Folder) -> None:
    project.write({"helper.py": HELPER, "net.py": NET.format(30), "quiet.py": BAD.rstrip() + "  # noqa: GC002\n"})
    project.write({"broken.py": "from torch import nn\nnn.Conv2d(groups=(\n"})
    for name in ("full", "grouped", "json", "sarif", "junit"):
        fresh = project.run("--output-format", name)
        assert project.run("--output-format", name) == fresh == project.run("--no-cache", "--output-format", name)
    assert project.run("--statistics") == project.run("--no-cache", "--statistics")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Path("net.py").write_text(NET.format(32)),
        lambda: Path("helper.py").write_text(HELPER.replace("64", "62")),
        lambda: Path("helper.py").write_text(HELPER.rstrip() + "  # noqa\n"),
        lambda: Path("helper.py").unlink(),
        lambda: Path("helper.py").rename("help.py"),
        lambda: Path("new.py").write_text(BAD),
        lambda: Path("pyproject.toml").write_text("[tool.gconv-lint]\nignore = ['GC002']\n"),
        lambda: Path("pyproject.toml").write_text("[tool.gconv-lint]\nrules.GC002.severity = 'info'\n"),
        lambda: Path("pyproject.toml").write_text("[tool.gconv-lint.per-file-ignores]\n'helper.py' = ['GC0']\n"),
    ],
)
def test_a_change_is_seen(project: Folder, change: Callable[[], object]) -> None:
    project.write({"helper.py": HELPER, "net.py": NET.format(30)})
    before = _same(project, "--output-format", "json", ".")
    change()
    assert _same(project, "--output-format", "json", ".") != before


def test_a_change_of_the_same_length_and_time_is_seen(project: Folder) -> None:
    project.write({"net.py": BAD})
    times = os.stat("net.py")
    assert _same(project).code == 1
    project.write({"net.py": BAD.replace("30", "32")})
    os.utime("net.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert _same(project).code == 0


def test_files_that_are_only_imported_count(project: Folder) -> None:
    project.write({"helper.py": HELPER, "net.py": NET.format(30)})
    project.write({"net.py": "from helper import WIDTH\nfrom torch import nn\nnn.Conv2d(WIDTH, 64, 3, groups=4)\n"})
    project.write({"helper.py": "WIDTH = 30\n"})
    assert _same(project, "net.py").code == 1
    project.write({"helper.py": "WIDTH = 32\n"})
    assert _same(project, "net.py").code == 0


def test_files_that_were_looked_for_and_not_found_count(project: Folder) -> None:
    project.write({"net.py": "from helper import WIDTH\nfrom torch import nn\nnn.Conv2d(WIDTH, 64, 3, groups=4)\n"})
    assert _same(project, "net.py").code == 0
    project.write({"helper.py": "WIDTH = 30\n"})
    assert _same(project, "net.py").code == 1
    Path("helper.py").unlink()
    project.write({"helper/__init__.py": "WIDTH = 30\n"})
    assert _same(project, "net.py").code == 1
    project.write({"helper/__init__.py": "WIDTH = 32\n"})
    assert _same(project, "net.py").code == 0


def test_a_folder_that_becomes_a_package_counts(project: Folder) -> None:
    text = "from pkg.helper import WIDTH\nfrom torch import nn\nnn.Conv2d(WIDTH, 64, 3, groups=4)\n"
    project.write({"pkg/net.py": text, "pkg/helper.py": "WIDTH = 30\n"})
    assert _same(project, "pkg/net.py").code == 0
    project.write({"pkg/__init__.py": ""})
    assert _same(project, "pkg/net.py").code == 1


def test_who_mentions_a_shuffle_counts(project: Folder) -> None:
    project.write({"a/net.py": SHUFFLE, "b/other.py": "x = 1\n"})
    assert "GC113" in _same(project, ".").out
    project.write({"b/other.py": "x = '_channel_shuffle'\n"})
    assert "GC113" not in _same(project, ".").out
    project.write({"b/other.py": "x = 1\n"})
    assert "GC113" in _same(project, ".").out
    assert "GC113" in _same(project, "a").out
    project.write({"a/beside.py": "x = 1\n"})
    assert _same(project, "a/net.py").code in (0, 1)


def test_only_the_changed_program_is_evaluated(project: Folder, evaluated: list[tuple[str, ...]]) -> None:
    project.write(
        {"a/net.py": BAD, "b/net.py": BAD, "c/net.py": "from helper import x\n" + BAD, "c/helper.py": "x = 1\n"}
    )
    project.run()
    evaluated.clear()
    project.write({"b/net.py": GOOD})
    assert "Found 2 findings" in project.run().out
    assert evaluated == [("b/net.py",)]


def test_imports_decide_what_is_one_program() -> None:
    texts = {
        "a/x.py": b"import y\n",
        "b/y.py": b"",
        "b/z.py": b"# import x\nname = 'import x'\n",
        "c/w.py": b"from x import a\n",
    }
    units = Units([*texts])
    for name, data in texts.items():
        units.add(name, data)
    assert sorted(unit.names for unit in units.cut()) == [("a/x.py", "b/y.py", "c/w.py"), ("b/z.py",)]


def _records(project: Folder) -> list[Path]:
    return [path for path in (project.path / ".gconv_lint_cache").rglob("*.json") if path.is_file()]


@pytest.mark.parametrize("torn", [b"", b"{", b"0" * 40 + b"\n{}", b"\xff\xfe", "cut", "flipped", "null"])
def test_a_torn_record_is_none(project: Folder, torn: bytes | str) -> None:
    project.write({"net.py": BAD})
    expected = project.run()
    assert len(_records(project)) == 2
    for path in _records(project):
        data = path.read_bytes()
        changed = {"cut": data[: len(data) // 2], "flipped": data.replace(b"GC002", b"GC003")}
        if torn == "null":
            body = b"null"
            data = cache_module.digest(body).encode() + b"\n" + body
            path.write_bytes(data)
        else:
            path.write_bytes(torn if isinstance(torn, bytes) else changed[torn])
    assert project.run() == expected


def test_records_of_another_shape_are_none(project: Folder) -> None:
    project.write({"net.py": BAD})
    expected = project.run()
    for path in _records(project):
        for body in (b"{}", b'{"looked": 3, "report": {}}', b'{"looked": [], "report": {"is a": "Severity"}}', b"[]"):
            path.write_bytes(cache_module.digest(body).encode() + b"\n" + body)
            assert project.run() == expected


def test_a_folder_that_cannot_be_made_or_written_changes_nothing(
    project: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"net.py": BAD, "file": ""})
    expected = project.run("--no-cache")
    assert project.run("--cache-dir", "file/below") == expected
    assert project.run("--cache-dir", "/proc/none") == expected

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache_module.os, "replace", full)
    assert project.run("--cache-dir", "full") == expected
    assert not [path for path in Path("full").rglob("*") if path.is_file() and path.suffix not in ("", ".TAG")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_changes_nothing(project: Folder) -> None:
    project.write({"net.py": BAD})
    Path("kept").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    assert project.run("--cache-dir", "kept") == project.run("--no-cache")


def test_a_file_that_changes_during_a_run_leaves_no_record(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"net.py": BAD})
    real = analysis._analyse

    def late(*words: object) -> object:
        project.write({"net.py": GOOD})
        return real(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "_analyse", late)
    assert project.run().code == 0
    monkeypatch.setattr(analysis, "_analyse", real)
    project.write({"net.py": BAD})
    assert project.run().code == 1


def test_two_runs_at_once(project: Folder) -> None:
    project.write({f"net{n}.py": BAD for n in range(6)})
    expected = process("--no-cache", ".", cwd=project.path)
    results: list[Ran] = []
    for _ in range(3):
        shutil.rmtree(".gconv_lint_cache", ignore_errors=True)
        threads = [threading.Thread(target=lambda: results.append(process(".", cwd=project.path))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == [expected] * 9


def test_where_the_cache_is(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"src/net.py": BAD})
    monkeypatch.chdir("src")
    project.run()
    folder = project.path / ".gconv_lint_cache"
    assert (folder / ".gitignore").read_text().endswith("*\n")
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    project.run("--cache-dir", "here")
    assert Path("here").is_dir()
    monkeypatch.setenv("GCONV_LINT_CACHE_DIR", "there")
    project.run()
    assert Path("there").is_dir()
    project.write({"pyproject.toml": "[tool.gconv-lint]\ncache-dir = 'set'\n"})
    project.run()
    assert (project.path / "set").is_dir()
    shutil.rmtree(project.path / "set")
    for words, variable in ((["--no-cache"], ""), (["-n"], ""), ([], "1")):
        monkeypatch.setenv("GCONV_LINT_NO_CACHE", variable)
        project.run(*words)
    assert not (project.path / "set").exists()


def test_clean(project: Folder) -> None:
    project.write({"net.py": BAD, "mine/file.txt": "kept"})
    project.run()
    assert (
        project.run("clean") == Ran(0, "Removed ./.gconv_lint_cache.\n", "") or not Path(".gconv_lint_cache").exists()
    )
    assert not Path(".gconv_lint_cache").exists()
    assert project.run("clean") == Ran(0, "", "")
    ran = project.run("clean", "--cache-dir", "mine")
    assert (ran.code, ran.err) == (2, "gconv-lint: mine: is no cache of gconv-lint: it has no CACHEDIR.TAG\n")
    assert Path("mine/file.txt").read_text() == "kept"


def test_standard_input_is_not_remembered(project: Folder) -> None:
    assert project.run("-", stdin=BAD).code == 1
    assert not Path(".gconv_lint_cache").exists()


@pytest.mark.parametrize("output_format", ["full", "json"])
def test_several_processes_say_the_same(project: Folder, monkeypatch: pytest.MonkeyPatch, output_format: str) -> None:
    monkeypatch.setattr("gconv_lint.work.PIECE", 10)
    project.write({f"p{n}/net.py": BAD + SHUFFLE for n in range(4)})
    project.write(
        {"helper.py": HELPER, "net.py": NET.format(30), "quiet.py": BAD.rstrip() + "  # noqa: GC002, GC003\n"}
    )
    words = ("--no-cache", "--output-format", output_format, ".")
    alone = project.run(*words)
    assert alone.code == 1
    assert project.run("-j", "2", *words) == project.run("--jobs", "3", *words) == alone
    assert project.run("-j", "2", "--statistics", *words) == project.run("--statistics", *words)
    assert project.run("-j", "2", "--output-format", output_format, ".") == alone
    assert project.run("--output-format", output_format, ".") == alone


@pytest.fixture
def three_large(project: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Three packages that use each other, each large enough to be judged by itself, and a script that uses two."""
    monkeypatch.setattr("gconv_lint.frontends.source.units.BY_ITSELF", 100)
    monkeypatch.setattr("gconv_lint.work.PIECE", 10)
    project.write({f"{name}/__init__.py": "" for name in ("one", "two", "three")})
    project.write(
        {"one/helper.py": HELPER, "one/net.py": "from one.helper import conv\n\nnet = conv(30, 4)\n" + SHUFFLE}
    )
    project.write({"two/net.py": "from one.helper import conv\n\nnet = conv(31, 4)\n" + BAD.replace("conv =", "bad =")})
    project.write(
        {"three/net.py": "from two.net import conv\n" + BAD + SHUFFLE, "script.py": "import one\nimport two\n"}
    )
    return project


@pytest.mark.parametrize("output_format", ["full", "json"])
def test_the_number_of_processes_changes_nothing(three_large: Folder, output_format: str) -> None:
    for words in (("--output-format", output_format), ("--statistics",)):
        alone = three_large.run("--no-cache", *words)
        assert alone.code == 1
        for jobs in ("1", "2", "8"):
            assert three_large.run("--no-cache", "-j", jobs, *words) == alone
            assert three_large.run("--cache-dir", f"cache-{jobs}", "-j", jobs, *words) == alone
            assert three_large.run("--cache-dir", f"cache-{jobs}", *words) == alone


def test_large_packages_are_evaluated_apart(three_large: Folder, evaluated: list[tuple[str, ...]]) -> None:
    found = three_large.found("--no-cache")
    folders = [sorted({Path(name).parts[0] for name in names} - {"script.py"}) for names in evaluated]
    assert sorted(folders) == [["one"], ["three"], ["two"]]
    assert "two/net.py:3:7 GC002" in found  # at the call: the helper's own file is not under test there


def test_a_large_package_is_judged_anew_when_one_that_it_uses_changes(three_large: Folder) -> None:
    first = _same(three_large)
    # The size of all files stays as it was: another one would be another run.
    Path("one/helper.py").write_text(HELPER.replace("(width, 64", "(   32, 64"))
    assert _same(three_large) != first
    Path("one/helper.py").unlink()
    _same(three_large)


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_a_number_of_processes_that_is_none(project: Folder, jobs: str) -> None:
    ran = project.run(f"--jobs={jobs}")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith(f"gconv-lint: --jobs cannot be {jobs if jobs != 'two' else '`two`'}; allowed is a ")
