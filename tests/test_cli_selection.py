"""Which rules run where, and how severe they are, through the command line: selectors, files of settings, overrides."""

from __future__ import annotations

import json

import pytest

from tests.cli_support import BAD, Folder

#: GC002 at 2:8 and, where it is selected, GC501 at 3:8.
TWO = BAD + "more = nn.Conv2d(8, 8, 1, groups=1)\n"
NARROW = "from torch import nn\nconv = nn.Conv2d(32, 64, 3, groups=8)\n"


def _codes(project: Folder, *words: str) -> list[str]:
    return [found.partition(" ")[2] for found in project.found(*words)]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ([], ["GC002"]),
        (["--select", "ALL"], ["GC002", "GC501"]),
        (["--select", "GC5"], ["GC501"]),
        (["--select", "explicit-groups-one"], ["GC501"]),
        (["--extend-select", "GC501"], ["GC002", "GC501"]),
        (["--extend-select", "GC5", "--ignore", "GC002"], ["GC501"]),
        (["--select", "ALL", "--ignore", "explicit-groups-one,in-channels-not-divisible"], []),
        (["--config", "select = ['GC5']"], ["GC501"]),
        (["--config", "extend-select = ['GC501']", "--config", "ignore = ['GC0']"], ["GC501"]),
        (["--config", "select = ['GC5']", "--select", "GC002"], ["GC002"]),
    ],
)
def test_selection(project: Folder, words: list[str], codes: list[str]) -> None:
    project.write({"net.py": TWO})
    assert [code for code in _codes(project, "net.py", *words) if code in ("GC002", "GC501")] == codes


def test_per_file_ignores(project: Folder) -> None:
    project.write({"tests/net.py": BAD, "src/net.py": BAD, "src/deep/net.py": BAD})
    everywhere = ["src/deep/net.py", "src/net.py", "tests/net.py"]

    def names(*words: str) -> list[str]:
        return [found.partition(":")[0] for found in project.found(*words)]

    assert names() == everywhere
    assert names("--per-file-ignores", "tests/*:GC002") == everywhere[:2]
    assert names("--per-file-ignores", "tests:GC0,src/net.py:in-channels-not-divisible") == everywhere[:1]
    assert names("--per-file-ignores", "!src/**:ALL") == everywhere[:2]
    assert names("--per-file-ignores", "tests/*:GC003") == everywhere
    project.write({"pyproject.toml": "[tool.gconv-lint.per-file-ignores]\n'deep' = ['GC002']\n"})
    assert names() == everywhere[1:]
    assert names("--per-file-ignores", "tests:GC002") == everywhere[:2]
    assert names("--extend-per-file-ignores", "tests:GC002") == everywhere[1:2]
    assert project.run("-", "--stdin-filename", "src/deep/new.py", stdin=BAD).code == 0


@pytest.mark.parametrize("word", ["tests", "GC002", ":GC002", "tests:"])
def test_a_mapping_without_its_parts_is_refused(project: Folder, word: str) -> None:
    ran = project.run("--per-file-ignores", word)
    assert (ran.code, ran.out) == (2, "")
    assert f"--per-file-ignores cannot be `{word}`; allowed is PATTERN:RULE" in ran.err


def test_the_nearest_file_counts_for_each_file(project: Folder) -> None:
    project.write(
        {
            "net.py": TWO,
            "strict/net.py": TWO,
            "strict/gconv-lint.toml": "select = ['GC5']\n",
            "strict/deep/net.py": TWO,
            "other/net.py": TWO,
            "other/pyproject.toml": "[tool.other]\n",
            "none/net.py": TWO,
            "none/pyproject.toml": "[tool.gconv-lint]\nignore = ['GC0']\n",
        }
    )
    expected = ["net.py:2:8 GC002", "other/net.py:2:8 GC002", "strict/deep/net.py:3:8 GC501", "strict/net.py:3:8 GC501"]
    assert project.found() == project.found("none", "other", "strict", "net.py") == expected
    assert project.found("none/net.py") == []
    assert len(project.found("--isolated")) == 5
    assert project.found("--config", "strict/gconv-lint.toml", "net.py", "none") == [
        "net.py:3:8 GC501",
        "none/net.py:3:8 GC501",
    ]


def test_thresholds_are_by_file_too(project: Folder) -> None:
    project.write(
        {
            "a/net.py": NARROW,
            "b/net.py": NARROW,
            "a/gconv-lint.toml": "select = ['GC301']\nrules.GC301.min-group-width = 8\n",
            "b/gconv-lint.toml": "select = ['GC301']\nrules.GC301.min-group-width = 4\n",
        }
    )
    assert project.found() == ["a/net.py:2:8 GC301"]
    statistics = json.loads(project.run("--statistics", "--output-format", "json").out)
    assert [(row["code"], row["count"]) for row in statistics["rules"]] == [("GC301", 1)]


def test_own_files_win_over_a_pyproject_beside_them(project: Folder) -> None:
    project.write({"net.py": TWO, "gconv-lint.toml": "select = ['GC5']\n"})
    assert _codes(project) == ["GC501"]
    project.write({".gconv-lint.toml": "select = ['GC003']\n"})
    assert _codes(project) == []


def test_a_setting_of_the_command_line_wins_over_files(project: Folder) -> None:
    project.write({"net.py": NARROW, "gconv-lint.toml": "select = ['GC301']\n[rules.GC301]\nmin-group-width = 2\n"})
    assert _codes(project) == []
    assert _codes(project, "--config", "rules.GC301.min-group-width = 8") == ["GC301"]
    words = ("--config", "rules.GC301.min-group-width=8", "--config", "rules.GC301.severity='error'")
    assert "(1 error)" in project.run(*words).lines[-1]
    named = ("--config", "gconv-lint.toml", "--config", "rules.GC301.min-group-width = 8")
    assert _codes(project, *named) == ["GC301"]
    assert _codes(project, "--isolated", "--select", "GC301", "--config", "rules.GC301.min-group-width = 5") == [
        "GC301"
    ]


def test_severities(project: Folder) -> None:
    project.write({"net.py": BAD, "gconv-lint.toml": "rules.GC002.severity = 'info'\n"})
    (finding,) = json.loads(project.run("--output-format", "json").out)
    assert finding["severity"] == "info"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--config", "selct = ['GC1']"], "--config: unknown key `selct` (did you mean `select`?)"),
        (["--config", "select = 'GC1'"], '--config: `select` cannot be "GC1"; allowed is an array of rule selectors'),
        (["--config", "select = ['GC8']"], "--config: no rule is selected by `GC8`"),
        (["--config", "select = ["], "--config select = [: is not valid TOML: "),
        (["--config", "rules.GC301.min-width = 3"], "(did you mean `min-group-width`?)"),
        (["--config", "rules.GC310.min-group-width = 0"], "unknown key `min-group-width`"),
        (["--config", "missing.toml"], "missing.toml: cannot be read"),
        (["--config", "a.toml", "--config", "b.toml"], "--config names two files, `a.toml` and `b.toml`"),
        (["--per-file-ignores", "a:GC8"], "--per-file-ignores: no rule is selected by `GC8`"),
        (["--config", "per-file-ignores = {a = ['GC8']}"], "--config: per-file-ignores: no rule is selected by `GC8`"),
        (["--extend-per-file-ignores", "a:GC8"], "--extend-per-file-ignores: no rule is selected by `GC8`"),
        (["--config", "models = [{target = 'a'}]"], "--config: models: `target`: `a` names no model"),
        (["--config", "select = ['']"], "--config: no rule is selected by ``; allowed are codes"),
        (["--select", "gc1"], "no rule is selected by `gc1` (did you mean `GC1`?)"),
        (["--exlude", "a"], "unknown flag `--exlude` (did you mean `--exclude`?)"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_nearest_right_word(
    project: Folder, words: list[str], sentence: str
) -> None:
    ran = project.run(*words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert sentence in ran.err


def test_a_mistake_in_a_nested_file_is_exit_two(project: Folder) -> None:
    project.write({"net.py": BAD, "deep/net.py": BAD, "deep/gconv-lint.toml": "slect = []\n"})
    ran = project.run()
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "deep/gconv-lint.toml: unknown key `slect` (did you mean `select`?)" in ran.err


def test_output_format_of_the_environment(project: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"net.py": BAD})
    monkeypatch.setenv("GCONV_LINT_OUTPUT_FORMAT", "json")
    assert json.loads(project.run().out)
    assert not project.run("--output-format", "concise").out.startswith("[")
    monkeypatch.setenv("GCONV_LINT_OUTPUT_FORMAT", "jsn")
    ran = project.run()
    assert (ran.code, "(did you mean `json`?)" in ran.err) == (2, True)
