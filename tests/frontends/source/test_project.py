"""Files: names of modules, places of nodes, folders."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from gconv_lint import api
from gconv_lint.frontends.source.parsed_files import SourceFile, Texts
from gconv_lint.frontends.source.project import Project, module_name
from gconv_lint.frontends.source.reading import decode


def test_module_names(tmp_path: Path) -> None:
    package = tmp_path / "src" / "net" / "blocks"
    package.mkdir(parents=True)
    for folder in (package, package.parent):
        (folder / "__init__.py").touch()
    root = str(tmp_path / "src")
    assert module_name(str(package / "conv.py")) == (root, "net.blocks.conv", "net.blocks")
    assert module_name(str(package / "__init__.py")) == (root, "net.blocks", "net.blocks")
    assert module_name(str(tmp_path / "src" / "run.py")) == (root, "run", "")


def test_places_and_segments_count_characters() -> None:
    text = "x = 'é'; y = f(\n    'ü',\n    1,\n)\n"
    file = SourceFile("f.py", text.encode(), "f", "")
    tree = file.tree()
    assert tree is not None
    call = next(n for n in ast.walk(tree) if isinstance(n, ast.Call))
    place = file.place(call)
    assert (place.line, place.column, place.end_line, place.end_column) == (1, 14, 4, 2)
    assert file.segment(call) == "f(\n    'ü',\n    1,\n)"
    assert file.segment(call.args[0]) == "'ü'"


def test_lines_end_where_the_parser_ends_them() -> None:
    text = "a = 1\x0c\nb = '\x1c\u2028'\nc = 3\n"
    file = SourceFile("f.py", text.encode(), "f", "")
    tree = file.tree()
    assert tree is not None
    assert [file.segment(s) for s in tree.body] == ["a = 1", "b = '\x1c\u2028'", "c = 3"]


def test_decoding() -> None:
    assert decode(b"\xef\xbb\xbfa = 1\r\nb = 2\rc") == "a = 1\nb = 2\nc"
    assert decode("# coding: latin-1\n# é".encode("latin-1")) == "# coding: latin-1\n# é"


def test_imports_are_followed_into_what_may_build_layers(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import torch\n")
    (tmp_path / "small.py").write_text("WIDTH = 8\n")
    (tmp_path / "large.py").write_text("WIDTH = 8\n" + "# padding\n" * 2_000)
    (tmp_path / "blocks.py").write_text("nn.Conv2d(8, 8, 3, groups=8)\n" + "# padding\n" * 2_000)
    project = Project()
    project.add(str(tmp_path / "main.py"), b"import torch\n")
    assert project.find("small") is not None
    assert project.find("large") is None
    assert project.find("blocks") is not None
    assert project.find("blocks") is project.find("blocks")
    assert project.find("nothing") is None
    assert project.find("..x") is None


def test_relative_imports_work_in_a_folder_that_cannot_be_a_package_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "resnet-2d"
    folder.mkdir()
    (folder / "__init__.py").write_text("from .net import Net\n")
    (folder / "sizes.py").write_text("WIDTH = 30\n")
    (folder / "net.py").write_text(
        "from torch import nn\nfrom .sizes import WIDTH\n\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.conv = nn.Conv2d(WIDTH, WIDTH, 3, groups=4)\n"
    )
    assert {finding.rule.code for finding in api.check([str(folder)]).findings} == {"GC002", "GC003"}


def test_a_relative_import_never_finds_the_file_of_that_name_in_another_folder(tmp_path: Path) -> None:
    for name, width in (("a-1", 30), ("b-2", 32)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "sizes.py").write_text(f"WIDTH = {width}\n")
        (folder / "net.py").write_text(
            "from torch import nn\nfrom .sizes import WIDTH\n\nconv = nn.Conv2d(WIDTH, WIDTH, 3, groups=4)\n"
        )
    assert {Path(f.place.path).parent.name for f in api.check([str(tmp_path)]).findings} <= {"a-1"}


@pytest.mark.parametrize(
    ("text", "narrow"),
    [
        ("# \N{HUGGING FACE} made by hand\n\nx = 1\n", "# ? made by hand\n\nx = 1\n"),
        ("# \u00e9\n  # \u2192\nx = 1  # \u2192\n", "# ?\n  # ?\nx = 1  # \u2192\n"),
        ('"""\n# \u2192\n"""\n', '"""\n# \u2192\n"""\n'),
        ("x = '\u2192'\n# \u2192\n", "x = '\u2192'\n# \u2192\n"),
        ("# \u2192", "# \u2192"),
    ],
    ids=["one comment", "several comments", "in a text", "below a statement", "without a line end"],
)
def test_comments_at_the_top_are_narrowed_and_told_as_they_were_written(text: str, narrow: str) -> None:
    file = SourceFile("module.py", text.encode(), "module", "")
    assert file.tree() is not None
    assert file.text == narrow
    assert Texts([file])["module.py"] == text


def test_columns_are_counted_in_characters_below_a_narrowed_comment() -> None:
    file = SourceFile("module.py", "# \N{HUGGING FACE}\n'\u2192', x\n".encode(), "module", "")
    tree = file.tree()
    assert tree is not None
    place = file.place(tree.body[0].value.elts[1])  # type: ignore[attr-defined]
    assert (place.line, place.column) == (2, 6)
