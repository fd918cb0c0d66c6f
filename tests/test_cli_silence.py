"""Comments, and baselines: what is silenced, what is told of them, and what is written."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from tests.cli_support import BAD, GOOD, Folder

CALL = "from torch import nn\nconv = nn.Conv2d(\n    30,\n    64,{}\n    3,\n    groups=4,\n){}\n"


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# noqa: GC002",
        "# noqa: in-channels-not-divisible",
        "# noqa: E501, gc002  # and more",
        "# gconv-lint: ignore",
        "# gconv-lint: ignore[GC002]",
        "# gconv-lint: ignore[in-channels-not-divisible]",
        "# gconv-lint: file-ignore[GC002]",
    ],
)
def test_a_comment_on_any_line_of_a_call_silences(project: Folder, comment: str) -> None:
    project.write({"a.py": CALL.format(f"  {comment}", ""), "b.py": CALL.format("", f"  {comment}")})
    assert project.run().out == "No findings in 2 files.\n"
    assert project.found("--ignore-noqa") == ["a.py:2:8 GC002", "b.py:2:8 GC002"]


def test_a_comment_for_the_file_may_stand_anywhere(project: Folder) -> None:
    project.write({"net.py": f"{BAD}{BAD}\n# gconv-lint: file-ignore[GC002]\n", "other.py": BAD})
    assert project.found() == ["other.py:2:8 GC002"]


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("# noqa: GC002", "GC900"),
        ("# noqa: E501, in-channels-not-divisible", "GC900"),
        ("# gconv-lint: ignore[GC002]", "GC900"),
        ("# gconv-lint: ignore", "GC900"),
        ("# gconv-lint: file-ignore[GC002]", "GC900"),
        ("# gconv-lint: ignore[GC2]", "GC901"),
        ("# gconv-lint: ignore[]", "GC901"),
        ("# gconv-lint: ignore[GC002", "GC901"),
        ("# gconv-lint: ingore[GC002]", "GC901"),
        ("# gconv-lint:", "GC901"),
        ("# noqa GC002", "GC901"),
        ("# noqa: GC999", "GC901"),
        ("# noqa", ""),
        ("# noqa: E501", ""),
        ("# noqa: PGC002, ABC123", ""),
        ("# noqa: GC501", ""),  # a rule that is off
        ("# noqa because GC002 is wrong here", ""),
        ("# noqa GC", ""),
        ("# gconv-lint says nothing", ""),
    ],
)
def test_what_silences_nothing_or_is_broken_is_told(project: Folder, comment: str, found: str) -> None:
    project.write({"net.py": GOOD.rstrip() + f"  {comment}\n"})
    assert [place.partition(" ")[2] for place in project.found()] == ([found] if found else [])


def test_the_places_and_words_of_unused_comments(project: Folder) -> None:
    project.write({"net.py": BAD.rstrip() + "  # noqa: GC002, GC003\n"})
    (line, *_) = project.run("--output-format", "concise").lines
    assert line.startswith("net.py:2:40: GC900 [*] unused-suppression: `GC003` finds nothing here")


def test_files_without_convolutions_are_looked_at_too(project: Folder) -> None:
    project.write({"plain.py": "x = 1  # noqa: GC002\ny = '# noqa: GC002'\n", "other.py": "x = 1  # noqa: E501\n"})
    assert project.found() == ["plain.py:1:8 GC900"]


def test_where_callers_may_be_elsewhere_nothing_is_said(project: Folder) -> None:
    project.write(
        {
            "net.py": "from torch import nn\n\n\ndef conv(w, g=1):\n    return nn.Conv2d(w, w, 3, groups=g)  # noqa: GC002\n"
        }
    )
    assert project.found() == []


def test_told_comments_can_be_silenced_by_name_only(project: Folder) -> None:
    project.write(
        {
            "a.py": GOOD.rstrip() + "  # noqa: GC002, GC900\n",
            "b.py": GOOD.rstrip() + "  # noqa GC002\n",
            "c.py": GOOD.rstrip() + "  # noqa: GC002  # gconv-lint: ignore\n",
        }
    )
    assert project.found() == ["b.py:2:40 GC901", "c.py:2:40 GC900", "c.py:2:55 GC900"]
    assert project.found("--ignore", "GC9") == []


def test_a_comment_that_silences_what_is_said_of_another_is_not_unused(project: Folder) -> None:
    project.write({"net.py": GOOD.rstrip() + "  # gconv-lint: ignore[GC02]  # noqa: GC901\n"})
    assert project.found() == []


def test_comments_are_added_once(project: Folder) -> None:
    project.write({"net.py": BAD.rstrip() + "  # gconv-lint: ignore[GC02]\n"})
    assert project.run("--add-noqa").out == "Added a comment for 2 findings.\n"
    assert project.found() == []


def test_a_file_with_several_names_gets_no_comment(project: Folder) -> None:
    project.write({"net.py": BAD})
    Path("other.py").hardlink_to("net.py")
    ran = project.run("--add-noqa", "net.py")
    assert (ran.code, ran.out) == (2, "Added a comment for 0 findings.\n")
    assert (
        ran.err
        == "gconv-lint: net.py: has 2 hard links, and the others would keep the old text; it was left as it is\n"
    )
    assert Path("net.py").read_text() == BAD


def test_a_reason_that_the_encoding_of_a_file_cannot_hold(project: Folder) -> None:
    Path("net.py").write_bytes(b"# coding: latin-1\n" + BAD.encode())
    ran = project.run("--add-noqa=\N{RIGHTWARDS ARROW}")
    assert (ran.code, ran.out) == (2, "Added a comment for 0 findings.\n")
    assert ran.err == "gconv-lint: net.py: the reason cannot be written in its encoding, latin-1\n"


def test_comments_are_for_files(project: Folder) -> None:
    project.write({"net.py": "\n" + BAD})
    ran = project.run("-", "--stdin-filename", "net.py", "--add-noqa", stdin=BAD)
    assert (ran.code, ran.err) == (2, "gconv-lint: --add-noqa writes files: it cannot be used with standard input\n")


def test_notebooks_get_no_comments(project: Folder) -> None:
    cell = {"cell_type": "code", "source": BAD, "metadata": {}}
    project.write({"net.ipynb": json.dumps({"cells": [cell], "metadata": {}})})
    ran = project.run("--add-noqa")
    assert (ran.code, ran.err) == (2, "gconv-lint: net.ipynb:cell 1:2: GC002 can have no comment here\n")


def test_unused_is_said_of_rules_that_are_on_in_the_file(project: Folder) -> None:
    project.write({"net.py": GOOD.rstrip() + "  # noqa: GC002\n"})
    assert project.found("--select", "GC003,GC9") == []
    assert project.found("--per-file-ignores", "net.py:GC002") == []


def test_add_noqa(project: Folder) -> None:
    project.write(
        {
            "net.py": BAD.rstrip()
            + "  # a comment\n"
            + 'x = nn.Conv2d(30, 63, 3, groups=4)  # noqa: E501\ny = """\n"""\n',
            "call.py": CALL.format("", ""),
        }
    )
    programs = {name: ast.dump(ast.parse(Path(name).read_text())) for name in ("net.py", "call.py")}
    ran = project.run("--add-noqa", ".")
    assert (ran.code, ran.out, ran.err) == (0, "Added a comment for 4 findings.\n", "")
    assert Path("net.py").read_text().splitlines()[1:3] == [
        "conv = nn.Conv2d(30, 64, 3, groups=4)  # a comment  # noqa: GC002",
        "x = nn.Conv2d(30, 63, 3, groups=4)  # noqa: E501, GC002, GC003",
    ]
    assert Path("call.py").read_text().splitlines()[-1] == ")  # noqa: GC002"
    assert {name: ast.dump(ast.parse(Path(name).read_text())) for name in programs} == programs
    assert project.run(".").code == 0


def test_add_noqa_with_a_reason_keeps_bytes(project: Folder) -> None:
    text = "# -*- coding: latin-1 -*-\r\nname = 'gr\xf6\xdfe\x0c'\r\nfrom torch import nn\r\nnn.Conv2d(30, 64, 3, groups=4)\r\n"
    Path("net.py").write_bytes(text.encode("latin-1"))
    assert project.run("--add-noqa=the weights are public", "net.py").code == 0
    expected = text.replace("groups=4)", "groups=4)  # noqa: GC002 the weights are public")
    assert Path("net.py").read_bytes() == expected.encode("latin-1")
    assert project.run("net.py").code == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('from torch import nn\nf(nn.Conv2d(30, 64, 3, groups=4), """\ntext""")\n', None),
        ("from torch import nn\nx = nn.Conv2d(30, 64, 3, groups=4) + \\\n    1\n", None),
        ('from torch import nn\nnn.Conv2d(30, 64, 3, groups=4, padding_mode="""\n""",\n)\n', 4),
    ],
)
def test_where_no_comment_can_stand_nothing_is_written(project: Folder, text: str, line: int | None) -> None:
    project.write({"net.py": text})
    ran = project.run("--add-noqa", "net.py")
    if line is None:
        assert (ran.code, ran.err) == (2, "gconv-lint: net.py:2: GC002 can have no comment here\n")
        assert Path("net.py").read_text() == text
    else:
        assert "# noqa" in Path("net.py").read_text().splitlines()[line - 1]


NET = "from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(30, 64, 3, groups=4)\n"
NEW = "        self.extra = nn.Conv2d(10, 64, 3, groups=4)\n"


def test_a_baseline_holds_what_is_known(project: Folder) -> None:
    project.write({"net.py": NET})
    ran = project.run("--write-baseline", "known.json")
    assert (ran.code, ran.out) == (0, "Wrote 1 finding to known.json.\n")
    assert project.run("--baseline", "known.json").out == "No findings in 1 file.\n"
    project.write({"net.py": NET + NEW})
    assert project.found("--baseline", "known.json") == ["net.py:8:22 GC002"]
    project.write({"pyproject.toml": "[tool.gconv-lint]\nbaseline = 'known.json'\n"})
    assert project.found() == ["net.py:8:22 GC002"]
    assert "Known in the baseline: 1 finding." in project.run("--statistics").out


def test_a_baseline_survives_moved_lines_renamed_files_and_other_folders(
    project: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"src/net.py": NET})
    project.run("--write-baseline", "known.json")
    words = ("--baseline", str(project.path / "known.json"))
    project.write({"src/net.py": "import os\n\n\n\n" + NET})
    assert project.run(*words).code == 0
    monkeypatch.chdir("src")
    assert project.run(*words).code == 0
    Path("net.py").rename("model.py")
    ran = project.run(*words)
    assert (ran.code, ran.err) == (0, "")
    Path("copy.py").write_text(NET)
    assert len(project.found(*words)) == 1


def test_a_copy_beside_the_original_is_new(project: Folder) -> None:
    project.write({"net.py": NET})
    project.run("--write-baseline", "known.json")
    project.write({"a.py": NET})
    assert project.found("--baseline", "known.json") == ["a.py:7:21 GC002"]


def test_what_is_fixed_is_told(project: Folder) -> None:
    project.write({"net.py": NET + NEW, "gone.py": BAD, "other.py": BAD})
    project.run("--write-baseline", "known.json")
    project.write({"net.py": NET})
    Path("gone.py").unlink()
    ran = project.run("--baseline", "known.json", "net.py")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "gconv-lint: warning: known.json: 2 findings in it are fixed: `--write-baseline known.json` takes them out",
        "gconv-lint: fixed: gone.py: GC002 groups=4 does not divide in_channels=30",
        "gconv-lint: fixed: net.py: GC002 groups=4 does not divide in_channels=10",
    ]
    assert project.run("--baseline", "known.json", "--select", "GC1", "net.py").err.count("fixed: net.py") == 0
    project.run("--write-baseline", "known.json")
    assert project.run("--baseline", "known.json").err == ""
    assert [item["path"] for item in json.loads(Path("known.json").read_text())["findings"]] == ["net.py", "other.py"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "known.json: cannot be read: "),
        ("{", "known.json: is no baseline: "),
        ("[]", "known.json: is no baseline of this version of gconv-lint; it has to be an object with `version` 1"),
        ('{"version": 2, "findings": []}', "known.json: is no baseline of this version"),
        (
            '{"version": 1, "findings": [{"path": 3}]}',
            "known.json: finding 1 has to be an object with the texts path, ",
        ),
    ],
)
def test_a_baseline_that_cannot_be_used(project: Folder, text: str | None, sentence: str) -> None:
    project.write({"net.py": BAD, **({"known.json": text} if text is not None else {})})
    ran = project.run("--baseline", "known.json", "net.py")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert sentence in ran.err


def test_an_empty_baseline(project: Folder) -> None:
    project.write({"net.py": GOOD})
    project.run("--write-baseline", "known.json")
    assert project.run("--baseline", "known.json").code == 0


def test_sarif_has_what_is_silenced_with_the_reason(project: Folder) -> None:
    project.write({"net.py": NET, "quiet.py": BAD.rstrip() + "  # noqa: GC002\n"})
    project.run("--write-baseline", "known.json")
    results = json.loads(project.run("--baseline", "known.json", "--output-format", "sarif").out)["runs"][0]["results"]
    assert sorted((r["suppressions"][0]["kind"], r["suppressions"][0]["justification"]) for r in results) == [
        ("external", "known in known.json"),
        ("inSource", "# noqa: GC002"),
    ]
