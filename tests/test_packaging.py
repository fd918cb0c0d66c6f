"""The wheel holds what a run needs, and a run imports only what it needs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "cupy", "libcst", "yaml", "numpy", "rich", "shtab", "tomllib", "tomli")


def _python(*words: str, cwd: Path, **env: str) -> str:
    command = [sys.executable, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def _loaded(statement: str, cwd: Path) -> set[str]:
    """The top-level modules that ``statement`` loads in a fresh interpreter."""
    script = f"import sys; before = set(sys.modules); {statement}; print(*sorted(sys.modules.keys() - before))"
    return {name.split(".")[0] for name in _python("-c", script, cwd=cwd).splitlines()[-1].split()}


@pytest.mark.parametrize(
    "statement",
    [
        "import gconv_lint",
        "import gconv_lint.api",
        "from gconv_lint.cli import main; main(['--isolated', '--exit-zero', 'net.py'])",
        "from gconv_lint.cli import main; main(['--exit-zero', '--output-format', 'json', 'net.py'])",
    ],
)
def test_a_run_loads_nothing_heavy(statement: str, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n")
    assert _loaded(statement, tmp_path).isdisjoint(HEAVY)


def test_a_run_over_source_text_loads_nothing_that_runs_models(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n")
    statement = "from gconv_lint.cli import main; main(['--isolated', '--exit-zero', 'net.py'])"
    script = f"import sys; {statement}; print(*sys.modules)"
    loaded = set(_python("-c", script, cwd=tmp_path).splitlines()[-1].split())
    assert not [name for name in loaded if name.startswith("gconv_lint.") and ".fx" in name]
    assert loaded.isdisjoint(
        {"subprocess", "tempfile", "gconv_lint.commands.model", "gconv_lint.reporters.model_table"}
    )


def test_the_process_that_asks_a_child_loads_no_torch(tmp_path: Path) -> None:
    statement = (
        "from gconv_lint.cli import main; main(['model', 'net.py:Net', '--isolated', '--output-format', 'json'])"
    )
    assert _loaded(statement, tmp_path).isdisjoint(HEAVY)


def test_the_version_loads_next_to_nothing(tmp_path: Path) -> None:
    loaded = _loaded("from gconv_lint.cli import main; main(['--version'])", tmp_path)
    assert loaded.isdisjoint({*HEAVY, "argparse", "dataclasses", "ast", "re", "pathlib"})


def test_source_analysis_runs_where_torch_is_missing(tmp_path: Path) -> None:
    for name in ("torch", "libcst", "yaml"):
        package = tmp_path / "missing" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("raise ImportError('not installed')\n")
    (tmp_path / "net.py").write_text("from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n")
    paths = os.pathsep.join([str(tmp_path / "missing"), str(ROOT)])
    assert "GC002" in _python("-m", "gconv_lint", "--isolated", "--exit-zero", "net.py", cwd=tmp_path, PYTHONPATH=paths)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    words = (
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    )
    _python(*words, cwd=folder)
    (built,) = folder.glob("gconv_lint-*.whl")
    return built


def test_the_wheel_holds_the_rules(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {f"gconv_lint/rules/{path.name}" for path in (ROOT / "rules").glob("*.yaml")}
    assert rules
    assert rules <= names
    assert "gconv_lint/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "examples/", "docs/"))]


def test_the_wheel_works_by_itself(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "net.py").write_text("from torch import nn\nconv = nn.Conv2d(30, 64, 3, groups=4)\n")
    env = {"PYTHONPATH": str(tmp_path / "site")}
    assert "GC002" in _python("-m", "gconv_lint", "--isolated", "--exit-zero", "net.py", cwd=tmp_path, **env)
    assert "GC002" in _python("-m", "gconv_lint", "rule", "GC002", cwd=tmp_path, **env)


def test_the_wheel_declares_its_extras_and_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    read = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "gconv-lint = gconv_lint.cli:process" in read["entry_points.txt"]
    assert "[pytest11]\ngconv-lint = gconv_lint.pytest_plugin" in read["entry_points.txt"]
    for extra in ("torch", "gpu", "lsp", "docs", "fuzz", "dev"):
        assert f"Provides-Extra: {extra}\n" in read["METADATA"]
    plain = [line for line in read["METADATA"].splitlines() if line.startswith("Requires-Dist") and "extra" not in line]
    assert sorted(line.split()[1].split(">")[0].lower() for line in plain) == ["libcst", "pyyaml", "shtab", "tomli"]
