"""Which files a run reads, through the command line: exclusion, git, globs, notebooks, ``--show-files``."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.cli_support import BAD, GOOD, Folder

TREE = {"src/net.py": BAD, "src/old/net.py": BAD, "vendor/net.py": BAD, "build/net.py": BAD, ".hidden/net.py": BAD}


def _named(project: Folder, *words: str) -> list[str]:
    ran = project.run("--show-files", *words)
    assert ran.code == 0, ran.err
    return [line.removeprefix(f"{project.path}/") for line in ran.lines]


def test_show_files_prints_absolute_paths_and_lints_nothing(project: Folder) -> None:
    project.write(TREE)
    ran = project.run("--show-files", ".")
    assert ran.lines == [str(project.path / name) for name in ("src/net.py", "src/old/net.py", "vendor/net.py")]


def test_exclude_takes_the_place_of_the_defaults_and_extend_exclude_adds(project: Folder) -> None:
    project.write(TREE)
    assert _named(project, "--extend-exclude", "vendor,src/old") == ["src/net.py"]
    assert _named(project, "--exclude", "src") == [".hidden/net.py", "build/net.py", "vendor/net.py"]
    project.write({"pyproject.toml": '[tool.gconv-lint]\nexclude = ["vendor"]\nextend-exclude = ["src/o*"]\n'})
    assert _named(project) == [".hidden/net.py", "build/net.py", "src/net.py"]
    assert _named(project, "--extend-exclude", "build") == [".hidden/net.py", "src/net.py"]


def test_patterns_of_a_file_are_relative_to_its_folder_and_those_of_flags_to_the_current_one(
    project: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({**TREE, "pyproject.toml": '[tool.gconv-lint]\nextend-exclude = ["src/old"]\n'})
    monkeypatch.chdir("src")
    assert _named(project) == ["src/net.py"]
    assert _named(project, "--extend-exclude", "src/net.py") == ["src/net.py"]
    assert _named(project, "--extend-exclude", "net.py") == []


def test_what_is_given_by_itself_is_read_unless_exclusion_is_forced(project: Folder) -> None:
    project.write({**TREE, "pyproject.toml": '[tool.gconv-lint]\nextend-exclude = ["vendor"]\n'})
    assert project.found("vendor/net.py", "build") == ["build/net.py:2:8 GC002", "vendor/net.py:2:8 GC002"]
    assert project.found("--force-exclude", "vendor/net.py", "build", "src/net.py") == ["src/net.py:2:8 GC002"]
    project.write({"pyproject.toml": "[tool.gconv-lint]\nforce-exclude = true\nexclude = ['vendor']\n"})
    assert project.found("vendor/net.py") == []
    assert project.found("--no-force-exclude", "vendor/net.py") == ["vendor/net.py:2:8 GC002"]


def test_forced_exclusion_is_for_standard_input_too(project: Folder) -> None:
    words = ("-", "--stdin-filename", "vendor/net.py", "--exclude", "vendor")
    assert project.run(*words, stdin=BAD).code == 1
    assert project.run(*words, "--force-exclude", stdin=BAD).code == 0


def test_nothing_left_is_a_warning(project: Folder) -> None:
    ran = project.run("--force-exclude", "--exclude", "*.py", ".")
    assert (ran.code, "there is no Python file" in ran.err) == (0, True)


def test_globs(project: Folder) -> None:
    project.write(TREE)
    assert project.found("src/**/*.py") == ["src/net.py:2:8 GC002", "src/old/net.py:2:8 GC002"]
    assert project.found("*/ne?.py") == ["build/net.py:2:8 GC002", "src/net.py:2:8 GC002", "vendor/net.py:2:8 GC002"]
    ran = project.run("sorce/*.py")
    assert (ran.code, ran.err) == (2, "gconv-lint: sorce/*.py: matches no file\n")


def test_a_file_whose_name_looks_like_a_glob(project: Folder) -> None:
    project.write({"net[1].py": BAD, "net1.py": GOOD})
    assert project.found("net[1].py") == ["net[1].py:2:8 GC002"]


@pytest.fixture
def repository(project: Folder) -> Folder:
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    project.write({**TREE, ".gitignore": "vendor/\n*_pb2.py\n", "src/.gitignore": "/old\n", "src/a_pb2.py": BAD})
    return project


def test_gitignore(repository: Folder) -> None:
    assert _named(repository) == ["src/net.py"]
    assert _named(repository, "src") == ["src/net.py"]
    assert _named(repository, "--no-respect-gitignore") == [
        "src/a_pb2.py",
        "src/net.py",
        "src/old/net.py",
        "vendor/net.py",
    ]


def test_ignored_folders_and_files_that_are_given_by_themselves_are_read(repository: Folder) -> None:
    assert _named(repository, "vendor") == ["vendor/net.py"]
    assert _named(repository, "src/a_pb2.py", "src/old") == ["src/a_pb2.py", "src/old/net.py"]


def _notebook(*cells: tuple[str, str | list[str]], **metadata: Any) -> str:
    listed = [{"cell_type": kind, "source": source, "metadata": {}} for kind, source in cells]
    return json.dumps({"cells": listed, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


NOTEBOOK = _notebook(
    ("markdown", "# A network"),
    ("code", ["%matplotlib inline\n", "from torch import nn\n", "width = 30"]),
    ("code", "!pip install torch \\\n  --quiet\nimport math\n\nconv = nn.Conv2d(width, 64, 3, groups=4)"),
    ("code", "%%bash\necho 'not Python ('"),
    ("code", "%%time\nnn.Conv2d(30, 64, 3, groups=4)\nnn.Conv2d?\nx = 7 \\\n  % 4"),
)


def test_cells_of_a_notebook_are_linted_together_and_places_are_by_cell(project: Folder) -> None:
    project.write({"net.ipynb": NOTEBOOK})
    assert project.found(".") == ["net.ipynb:cell 3:5:8 GC002", "net.ipynb:cell 5:2:1 GC002"]
    lines = project.run("net.ipynb").lines
    assert lines[0].startswith("net.ipynb:cell 3:5:8: GC002 in-channels-not-divisible: ")
    assert lines[2] == "5 | conv = nn.Conv2d(width, 64, 3, groups=4)"


def test_a_notebook_on_standard_input(project: Folder) -> None:
    ran = project.run("-", "--stdin-filename", "net.ipynb", "--output-format", "concise", stdin=NOTEBOOK)
    assert ran.lines[0].startswith("net.ipynb:cell 3:5:8: GC002")


def test_comments_in_notebooks_silence(project: Folder) -> None:
    project.write({"net.ipynb": NOTEBOOK.replace("groups=4)", "groups=4)  # noqa: GC002")})
    assert project.found("net.ipynb") == []


def test_notebooks_are_never_changed_and_no_fix_is_promised(project: Folder) -> None:
    project.write(
        {"net.ipynb": _notebook(("code", "import torch.nn as nn\nx = nn.Conv2d(4, 4, 1, groups=2)  # noqa: GC002"))}
    )
    ran = project.run("--output-format", "concise")
    assert ran.lines == [
        "net.ipynb:cell 1:2:35: GC900 unused-suppression: `GC002` finds nothing here that this comment could silence",
        "Found 1 finding (1 warning) in 1 file.",
    ]


def test_notebooks_of_other_languages_hold_nothing(project: Folder) -> None:
    cells = ("code", BAD)
    project.write({"julia.ipynb": _notebook(cells, kernelspec={"language": "julia"}), "any.ipynb": _notebook(cells)})
    assert project.found(".") == ["any.ipynb:cell 1:2:8 GC002"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "net.ipynb: is no notebook: "),
        ("[]", "net.ipynb: is no notebook: it has no `cells`"),
        ('{"cells": 3}', "net.ipynb: is no notebook: it has no `cells`"),
        (
            _notebook(("code", "x = 1"), ("code", "from torch import nn\nnn.Conv2d(3, 4, groups=(")),
            "net.ipynb:cell 2:2:",
        ),
    ],
)
def test_a_broken_notebook_is_one_sentence(project: Folder, text: str, sentence: str) -> None:
    project.write({"net.ipynb": text})
    ran = project.run("net.ipynb")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert sentence in ran.err


def test_odd_cells_are_skipped(project: Folder) -> None:
    odd = [3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": None}, {"cell_type": "code", "source": [BAD]}]
    project.write({"net.ipynb": json.dumps({"cells": odd, "metadata": None})})
    assert project.found("net.ipynb") == ["net.ipynb:cell 5:2:8 GC002"]


def test_show_settings_is_a_configuration_with_the_same_effect(project: Folder) -> None:
    project.write(
        {
            "src/net.py": BAD,
            "pyproject.toml": "[tool.gconv-lint]\nselect = ['GC0', 'GC301']\nextend-exclude = ['old']\n"
            "per-file-ignores = {'tests/*' = ['GC1']}\n[tool.gconv-lint.rules.GC301]\nmin-group-width = 8\nseverity = 'error'\n",
        }
    )
    shown = project.run("--show-settings", "src").out
    assert shown.startswith(f"# settings of {project.path}/src/net.py\n# from {project.path}/pyproject.toml\n")
    assert '[rules.GC301]\nseverity = "error"\nmin-group-width = 8\n' in shown
    project.write({"gconv-lint.toml": shown})
    again = project.run("--show-settings", "src").out
    assert again == shown.replace("pyproject.toml", "gconv-lint.toml")
