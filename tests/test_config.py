"""Settings: where they come from, how selectors combine, and one clear sentence for whatever cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gconv_lint.config import Config, Flags, load
from gconv_lint.model.findings import RuleInfo, Severity
from gconv_lint.rulebook import Rule
from gconv_lint.selection import Choice, SettingError, chosen
from gconv_lint.settings import SETTINGS


def _rule(code: str, name: str, default: bool = True, when: str = "groups > 1", **options: Any) -> Rule:
    info = RuleInfo(
        code=code, name=name, severity=Severity.WARNING, category="style", default=default, summary="a summary"
    )
    return Rule(info=info, match=("conv",), when=when, message="", help="", options=options)


RULES = (
    _rule("GC101", "first-rule"),
    _rule("GC102", "second-rule"),
    _rule("GC301", "width-rule", default=False, min_group_width=4),
    _rule("GC303", "limit-rule", default=False, max_groups=None),
    _rule("GC305", "profile-rule", False, "profile == 'rising' or profile in ('falling', 'flat')", profile=None),
)
INFOS = [rule.info for rule in RULES]
ALL = frozenset(info.code for info in INFOS)


def _load(tmp_path: Path, text: str, **flags: Any) -> Config:
    (tmp_path / "pyproject.toml").write_text(text)
    return load([str(tmp_path / "net.py")], RULES, Flags(**flags))


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ([], {"GC101", "GC102"}),
        ([Choice(select=("ALL",))], ALL),
        ([Choice(select=("GC1",))], {"GC101", "GC102"}),
        ([Choice(select=("GC",), ignore=("GC3",))], {"GC101", "GC102"}),
        ([Choice(select=("GC301",), ignore=("GC3",))], {"GC301"}),
        ([Choice(select=("GC3",), ignore=("GC301",))], {"GC303", "GC305"}),
        ([Choice(select=("GC301",), ignore=("GC301",))], set()),
        ([Choice(select=("width-rule",), ignore=("GC3",))], {"GC301"}),
        ([Choice(extend_select=("GC301",), ignore=("first-rule",))], {"GC102", "GC301"}),
        ([Choice(select=("GC3",)), Choice(extend_select=("GC101",))], {"GC101", "GC301", "GC303", "GC305"}),
        ([Choice(select=("GC3",)), Choice(select=("GC101",))], {"GC101"}),
        ([Choice(ignore=("GC102",)), Choice(select=("GC1",))], {"GC101", "GC102"}),
        ([Choice(select=())], set()),
    ],
)
def test_the_most_specific_selector_decides(choices: list[Choice], expected: set[str]) -> None:
    assert chosen(INFOS, choices) == expected


def test_rules_in_preview_are_off_until_preview_is_on(tmp_path: Path) -> None:
    early = _rule("GC901", "early-rule")
    rules = (*RULES, early._replace(info=early.info._replace(preview=True)))
    (tmp_path / "pyproject.toml").write_text("[tool.gconv-lint]\nextend-select = ['early-rule']\n")

    def loaded(**flags: Any) -> Config:
        return load([str(tmp_path)], rules, Flags(**flags))

    assert loaded().active == {"GC101", "GC102"}
    assert loaded(choice=Choice(select=("ALL",))).active == ALL
    assert loaded().warnings == ("selecting `GC901` does nothing: it is in preview, which `--preview` turns on",)
    assert loaded(isolated=True).warnings == ()
    on = loaded(values={"preview": True})
    assert (on.active, on.warnings) == ({"GC101", "GC102", "GC901"}, ())


def test_nearest_table_wins(tmp_path: Path) -> None:
    inner = tmp_path / "package" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.gconv-lint]\nselect = ['GC301']\n")
    (tmp_path / "package" / "pyproject.toml").write_text("[project]\ndependencies = ['gconv-lint']\n")
    assert load([str(inner / "a.py")], RULES).active == {"GC301"}
    (tmp_path / "package" / "pyproject.toml").write_text("[tool.gconv-lint]\nselect = ['GC102']\n")
    assert load([str(inner / "a.py")], RULES).active == {"GC102"}
    assert load([str(inner / "a.py"), str(tmp_path / "b.py")], RULES).active == {"GC301"}


def test_files_that_do_not_mention_the_linter_are_not_parsed(tmp_path: Path) -> None:
    assert _load(tmp_path, "this is no TOML").active == {"GC101", "GC102"}


def test_isolated_reads_no_file(tmp_path: Path) -> None:
    assert _load(tmp_path, "[tool.gconv-lint]\nselect = 3\n", isolated=True).active == {"GC101", "GC102"}


def test_a_named_file_wins(tmp_path: Path) -> None:
    named = tmp_path / "lint.toml"
    named.write_text("select = ['GC301']\n")
    assert _load(tmp_path, "[tool.gconv-lint]\nselect = ['GC102']\n", config=(str(named),)).active == {"GC301"}
    named.write_text("[tool.gconv-lint]\nselect = ['GC303']\n[tool.other]\nx = 1\n")
    assert load([str(tmp_path)], RULES, Flags(config=(str(named),))).active == {"GC303"}


def test_flags_win_over_keys(tmp_path: Path) -> None:
    text = "[tool.gconv-lint]\noutput-format = 'json'\nstrict = true\nstatistics = true\nselect = ['GC3']\n"
    configured = _load(tmp_path, text)
    assert (configured.output_format, configured.strict, configured.statistics) == ("json", True, True)
    overridden = _load(tmp_path, text, values={"output-format": "concise"}, choice=Choice(ignore=("GC303",)))
    assert (overridden.output_format, overridden.active) == ("concise", {"GC301", "GC305"})


def test_options_and_severities_of_rules(tmp_path: Path) -> None:
    config = _load(
        tmp_path,
        "[tool.gconv-lint.rules]\nGC301 = {min-group-width = 8}\nlimit-rule = {max_groups = 64, severity = 'error'}\n"
        "GC305 = {profile = 'falling'}\n",
    )
    assert config.options == {
        "GC301": {"min_group_width": 8},
        "GC303": {"max_groups": 64},
        "GC305": {"profile": "falling"},
    }
    assert config.severities == {"GC303": Severity.ERROR}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "selct = ['GC1']",
            "unknown key `selct` (did you mean `select`?); allowed are baseline, cache-dir, device, exclude, ",
        ),
        ("select = 'GC1'", '`select` cannot be "GC1"; allowed is an array of rule selectors'),
        ("select = [1]", "`select` cannot be [1]"),
        ("select = ['GC9']", "no rule is selected by `GC9`"),
        ("ignore = ['frist-rule']", "(did you mean `first-rule`?)"),
        ("strict = 1", "`strict` cannot be 1; allowed is true or false"),
        ("statistics = 'yes'", '`statistics` cannot be "yes"; allowed is true or false'),
        (
            "output-format = 'xml'",
            '`output-format` cannot be "xml"; allowed is one of "full", "concise", "grouped", "json", ',
        ),
        ("output-format = true", "`output-format` cannot be true"),
        ("exclude = 'tests'", '`exclude` cannot be "tests"; allowed is an array of glob patterns'),
        ("cache-dir = ''", '`cache-dir` cannot be ""; allowed is a folder'),
        ("device = 3", '`device` cannot be 3; allowed is a name of `gconv-lint devices`, a device file, or "auto"'),
        ("baseline = 3", "`baseline` cannot be 3; allowed is a file"),
        ("extend-exclude = 3", "`extend-exclude` cannot be 3; allowed is an array of glob patterns"),
        ("force-exclude = 'no'", "`force-exclude` cannot be"),
        ("respect-gitignore = 0", "`respect-gitignore` cannot be 0; allowed is true or false"),
        ("roots = 1", "`roots` cannot be 1; allowed is true or false"),
        ("roots-budget = 0", "`roots-budget` cannot be 0; allowed is a number above 0"),
        ("preview = 1", "`preview` cannot be 1; allowed is true or false"),
        ("per-file-ignores = ['GC1']", "`per-file-ignores` cannot be ['GC1']; allowed is a table of arrays"),
        ("per-file-ignores = {'a' = 'GC1'}", "`per-file-ignores` cannot be {'a': 'GC1'}"),
        ("per-file-ignores = {'a' = ['frist-rule']}", "per-file-ignores: no rule is selected by `frist-rule`"),
        ("extend-per-file-ignores = 1", "`extend-per-file-ignores` cannot be 1"),
        ("rules = 3", "`rules` cannot be 3; allowed is a table with one table per rule"),
        ("rules.GC999.severity = 'error'", "rules: no rule is called `GC999`"),
        ("rules.GC301 = 8", "`GC301` cannot be 8; allowed is a table: [tool.gconv-lint.rules.GC301]"),
        ("rules.GC301.min-width = 8", "unknown key `min-width` (did you mean `min-group-width`?)"),
        ("rules.GC301.min-group-width = 'eight'", "allowed is a number above 0"),
        ("rules.GC301.min-group-width = 0", "allowed is a number above 0"),
        ("rules.GC301.min-group-width = true", "`min-group-width` cannot be true"),
        ("rules.GC303.max-groups = []", "allowed is a number above 0"),
        ("rules.GC305.profile = 3", '`profile` cannot be 3; allowed is one of "rising", "falling", "flat"'),
        ("rules.GC305.profile = 'fallin'", "(did you mean `falling`?)"),
        (
            "rules.GC301.severity = 'fatal'",
            '`severity` cannot be "fatal"; allowed is one of "error", "warning", "info"',
        ),
        ("select = ", "is not valid TOML: "),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        _load(tmp_path, f"[tool.gconv-lint]\n{text}\n")
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "pyproject.toml"))
    assert sentence in message
    assert "\n" not in message


@pytest.mark.parametrize("text", ["[tool]\ngconv-lint = 3\n", "tool = 3\n[gconv-lint]\n"])
def test_a_table_that_is_none(tmp_path: Path, text: str) -> None:
    named = tmp_path / "named.toml"
    named.write_text(text)
    with pytest.raises(SettingError):
        load([str(tmp_path)], RULES, Flags(config=(str(named),)))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"# gconv-lint \xff\n")
    with pytest.raises(SettingError, match="is not valid TOML"):
        load([str(tmp_path)], RULES)


def test_exclude_matches_paths_and_their_parts(tmp_path: Path) -> None:
    config = _load(tmp_path, "[tool.gconv-lint]\nexclude = ['vendor/', 'src/old/*', '*_pb2.py']\n")
    excluded = ["vendor/a.py", "src/vendor/b.py", "src/old/deep/c.py", "src/x_pb2.py"]
    assert [name for name in excluded if not config.excludes_any(str(tmp_path / name))] == []
    assert not config.excludes_any(str(tmp_path / "src" / "a.py"))
    assert not config.excludes_any(str(tmp_path / "src" / "vendored.py"))


def test_every_key_is_checked_by_a_test_above() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    elsewhere = {
        "extend-select",
        "models",
        "extend-rules",
        *("fix", "unsafe-fixes", "fix-only", "show-fixes", "fixable", "extend-fixable", "unfixable"),
        *("extend-safe-fixes", "extend-unsafe-fixes"),
    }  # as `select`; in test_model_command.py, test_cli_own_rules.py, fixes/test_cli_fixes.py
    assert [s.key for s in SETTINGS if s.key not in elsewhere and f'"{s.key}' not in text] == []
