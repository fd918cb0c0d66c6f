"""A number that another file holds is changed there, however the files are laid out and named on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gconv_lint import cli

IMPORTER = "from torch import nn\n\n{}\n\nconv = nn.Conv2d(16, 32, 3, groups={})\n"
LAYOUTS = [
    pytest.param({"cfg.py": "GROUPS = 5\n"}, "net.py", "from cfg import GROUPS", "GROUPS", id="beside it"),
    pytest.param({"cfg.py": "GROUPS = 5\n"}, "net.py", "import cfg", "cfg.GROUPS", id="attribute of a module"),
    pytest.param(
        {"pkg/__init__.py": "", "pkg/cfg.py": "GROUPS = 5\n"},
        "pkg/net.py",
        "from .cfg import GROUPS",
        "GROUPS",
        id="relative",
    ),
    pytest.param(
        {"pkg/__init__.py": "", "pkg/cfg.py": "GROUPS = 5\n"},
        "net.py",
        "from pkg.cfg import GROUPS as G",
        "G",
        id="under another name",
    ),
    pytest.param(
        {"pkg/__init__.py": "GROUPS = 5\n"}, "net.py", "from pkg import GROUPS", "GROUPS", id="package itself"
    ),
]


@pytest.mark.parametrize("named", ["relative", "absolute", "one by one"])
@pytest.mark.parametrize(("files", "name", "line", "read"), LAYOUTS)
def test_a_number_is_changed_in_the_file_that_holds_it(
    files: dict[str, str], name: str, line: str, read: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in {**files, name: IMPORTER.format(line, read)}.items():
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text)
    paths = {"relative": ["."], "absolute": [str(Path.cwd())], "one by one": [name, *files]}[named]
    assert cli.main([*paths, "--isolated", "--fix", "--unsafe-fixes"]) == 0
    assert capsys.readouterr().err == ""
    assert {path: Path(path).read_text() for path in files} == {
        path: text.replace("5", "4") for path, text in files.items()
    }


def test_a_number_of_a_file_that_is_not_under_test_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cfg.py").write_text("GROUPS = 5\n")
    Path("net.py").write_text(IMPORTER.format("from cfg import GROUPS", "GROUPS"))
    assert cli.main(["net.py", "--isolated", "--fix", "--unsafe-fixes"]) == 1
    assert "fix:" not in capsys.readouterr().out
    assert Path("cfg.py").read_text() == "GROUPS = 5\n"


def test_a_number_that_goes_through_a_file_that_speaks_of_no_layer_is_changed() -> None:
    for number in range(20):  # above so few files those that speak of no layers are read only when imported
        Path(f"other{number}.py").write_text("from torch import nn\n\nconv = nn.Conv2d(8, 8, 3, groups=4)\n")
    Path("table.py").write_text("def build(block):\n    return block(16, 5)\n")
    Path("net.py").write_text(
        "from torch import nn\n\nfrom table import build\n\n\n"
        "def block(width, groups):\n    return nn.Conv2d(width, width, 3, groups=groups)\n\n\nnet = build(block)\n"
    )
    assert cli.main([".", "--isolated", "--fix", "--unsafe-fixes"]) == 0
    assert "block(16, 4)" in Path("table.py").read_text()
