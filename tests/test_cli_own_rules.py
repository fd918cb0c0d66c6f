"""Rules that users bring: loaded as data, tested by their examples, begun from a file that works."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from gconv_lint.rulebook.json_schema import schema
from gconv_lint.rulebook.load import builtin_folder
from tests.cli_support import ROOT, Folder

NAME = "group-width-multiple-of-eight"
NARROW = "from torch import nn\nconv = nn.Conv2d(32, 64, 3, groups=8)\n"


def _example() -> str:
    """The rule file of docs/writing-rules.md."""
    text = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    (rule,) = (block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "OWN001" in block)
    return rule


def _configuration() -> str:
    text = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    return re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0]


def test_the_worked_example_of_the_documentation(project: Folder) -> None:
    project.write({"lint_rules/OWN001.yaml": _example(), "pyproject.toml": _configuration()})
    project.write({"backbone/net.py": NARROW, "head/net.py": NARROW})
    assert project.run("rule", "--test", "lint_rules").out == "2 examples of 1 rule, 0 wrong.\n"
    assert project.found() == ["backbone/net.py:2:8 OWN001"]
    page = project.run("rule", "OWN001").out
    assert page.startswith(f"# {NAME} (OWN001)\n")
    project.write({"backbone/net.py": NARROW.rstrip() + "  # noqa: OWN001\n"})
    assert project.found() == []
    assert project.found("--ignore-noqa", "--select", NAME) == ["backbone/net.py:2:8 OWN001"]


def test_a_new_rule_works_as_it_is(project: Folder) -> None:
    ran = project.run("rule", "--new", NAME)
    assert ran.lines == [
        "Wrote lint_rules/OWN001.yaml. `gconv-lint rule --test lint_rules/OWN001.yaml` runs its examples.",
        'To use it, set `extend-rules = ["lint_rules"]`.',
    ]
    assert project.run("rule", "--test", "lint_rules/OWN001.yaml").out == "3 examples of 1 rule, 0 wrong.\n"
    assert "OWN002.yaml" in project.run("rule", "--new", "another-rule").out
    data = yaml.safe_load(Path("lint_rules/OWN001.yaml").read_text())
    jsonschema.validate(data, schema())


def test_own_rules_reach_every_output(project: Folder) -> None:
    project.write({"lint_rules/OWN001.yaml": _example(), "net.py": NARROW})
    project.write({"gconv-lint.toml": "extend-rules = ['lint_rules/OWN001.yaml']\nrules.OWN001.severity = 'error'\n"})
    (item,) = json.loads(project.run("--output-format", "json").out)
    assert (item["code"], item["severity"], item["url"]) == ("OWN001", "error", "")
    (rule,) = json.loads(project.run("--output-format", "sarif").out)["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["id"], "accelerator" in rule["fullDescription"]["text"], "helpUri" in rule) == ("OWN001", True, False)
    assert "OWN001" in project.run("--statistics").out
    assert project.run("--isolated").code == 0
    words = ("--isolated", "--config", "extend-rules = ['lint_rules']")
    assert project.found(*words) == ["net.py:2:8 OWN001"]


def test_a_changed_rule_is_seen_through_the_cache(project: Folder) -> None:
    project.write({"lint_rules/OWN001.yaml": _example(), "net.py": NARROW})
    project.write({"gconv-lint.toml": "extend-rules = ['lint_rules']\n"})
    assert project.run().code == project.run().code == 1
    project.write({"lint_rules/OWN001.yaml": _example().replace("% 8 != 0", "% 4 != 0")})
    assert project.run().code == 0


def test_examples_that_do_not_hold_are_told(project: Folder) -> None:
    text = (
        _example()
        .replace("groups=8)  # expect", "groups=4)  # expect")
        .replace("nn.Conv2d(64, 64, 3, groups=4)", "nn.Conv2d(64, 64, 3, groups=16)")
    )
    project.write({"lint_rules/OWN001.yaml": text})
    ran = project.run("rule", "--test", "lint_rules")
    assert ran.code == 1
    assert ran.lines == [
        "OWN001 bad example `groups of 4 channels`: missing example.py:3 OWN001",
        "OWN001 good example `groups of 16 channels`: noisy example.py:3 OWN001",
        "2 examples of 1 rule, 2 wrong.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("when: groups", "whn: groups", "lint_rules/OWN001.yaml: `whn` is no key here (did you mean `when`?)"),
        ("group_width % 8", "grup_width % 8", "(did you mean `group_width`?)"),
        ("% 8 != 0", "% 8 != __import__('os')", "`when` cannot be used"),
        ("OWN001", "OWN002", "`code` is `OWN002`, but the file is named OWN001"),
        ("name: group-width-multiple-of-eight", "name: in-channels-not-divisible", "is already a rule, GC002"),
        ("severity: warning", "severity: !!python/object/apply:os.system [id]", "cannot be read as YAML"),
        ("code: OWN001", "code: [", "cannot be read as YAML"),
        ("{group_width}", "{group_width:>99999999999}", "`message` has the unknown word `group_width:>99999999999`"),
        ("{group_width}", "{group_width!r}", "(did you mean `group_width`?)"),
    ],
)
def test_a_broken_rule_is_one_sentence(project: Folder, old: str, new: str, sentence: str) -> None:
    project.write({"lint_rules/OWN001.yaml": _example().replace(old, new), "net.py": NARROW})
    project.write({"gconv-lint.toml": "extend-rules = ['lint_rules']\n"})
    for words in (["net.py"], ["rule", "--test", "lint_rules"]):
        ran = project.run(*words)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert sentence in ran.err


def test_a_file_in_the_current_folder_is_told_by_its_name(project: Folder) -> None:
    project.write({"OWN001.yaml": "- a\n"})
    assert project.run("rule", "--test", "OWN001.yaml").err.startswith("gconv-lint: OWN001.yaml: a rule file is a ")


def test_a_new_rule_has_a_new_name(project: Folder) -> None:
    project.run("rule", "--new", NAME)
    assert project.run("rule", "--new", NAME).err == f"gconv-lint: `{NAME}` is already a rule, OWN001\n"
    ran = project.run("rule", "--new", "in-channels-not-divisible")
    assert (ran.code, ran.err) == (2, "gconv-lint: `in-channels-not-divisible` is already a rule, GC002\n")
    assert [path.name for path in Path("lint_rules").iterdir()] == ["OWN001.yaml"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["rule", "--test", "nowhere"], "nowhere: has no rule: allowed is a YAML file, or a folder with some"),
        (["rule", "--new", "Not A Name"], "`Not A Name` is no name of a rule"),
        (["--config", "extend-rules = ['nowhere']"], "nowhere: has no rule"),
        (["--config", "extend-rules = 'x'"], '`extend-rules` cannot be "x"; allowed is an array of files and folders'),
    ],
)
def test_what_is_no_rule_is_one_sentence(project: Folder, words: list[str], sentence: str) -> None:
    ran = project.run(*words)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert sentence in ran.err


def test_the_schema_takes_every_rule_that_is_shipped_and_no_broken_one() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    validator = jsonschema.Draft7Validator(schema())
    for path in builtin_folder().glob("*.yaml"):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(data)] == [], path.name
        assert not validator.is_valid({**data, "extra": 1})
        assert not validator.is_valid({**data, "severity": "fatal"})
