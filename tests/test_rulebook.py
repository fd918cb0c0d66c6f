"""Rule files: what is read, what is refused and with which words, and that the compiled form is in step."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gconv_lint.model.findings import Severity
from gconv_lint.rulebook import generate, rules
from gconv_lint.rulebook.document import Example
from gconv_lint.rulebook.examples import Outcome, broken_promise, cases, expectations
from gconv_lint.rulebook.load import builtin_folder, load_file, load_folder
from gconv_lint.rulebook.schema import RuleError, mistakes

BAD = "from torch import nn\nconv = nn.Conv2d(4, 4, 3, groups=3)  # expect: XX001\n"
GOOD = "from torch import nn\nconv = nn.Conv2d(4, 4, 3, groups=2)\n"


def content(**changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": "XX001",
        "name": "a-rule",
        "summary": "A rule of a test.",
        "severity": "warning",
        "category": "style",
        "default": True,
        "since": "0.1.0",
        "match": "conv",
        "when": "groups == 3",
        "message": "groups={groups}",
        "help": "use another number",
        "why": "Because.",
        "exceptions": ["None."],
        "fix": {"safety": "none", "description": "By hand."},
        "references": ["owner/name#1"],
        "examples": {"bad": [{"name": "bad", "code": BAD}], "good": [{"name": "good", "code": GOOD}]},
    }
    data.update(changes)
    return {key: value for key, value in data.items() if value is not ...}


def test_a_sound_rule_has_no_mistakes() -> None:
    assert mistakes(content(), "rules/XX001.yaml") == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"summary": ...}, "`summary` is missing"),
        ({"sumary": "x"}, "`sumary` is no key here (did you mean `summary`?); allowed are code, name,"),
        ({"code": "gc1"}, "`code` is `'gc1'`, but has to be capital letters and three digits"),
        ({"name": "A rule"}, "`name` is `'A rule'`, but has to be words in lower case joined by hyphens"),
        ({"severity": "eror"}, "`severity` is `'eror'` (did you mean `error`?); allowed are error, warning, info"),
        ({"category": "misc"}, "`category` is `'misc'`; allowed are correctness"),
        ({"default": "yes"}, "`default` is `'yes'`; allowed are true, false"),
        ({"since": 0.1}, "`since` is `0.1`, but has to be a version in quotes"),
        ({"match": "convolution"}, "`match` is `'convolution'`"),
        ({"match": ["conv", "nothing"]}, "`match` is `'nothing'`"),
        ({"match": []}, "`match` is `[]`"),
        (
            {"when": "group == 3"},
            "`when` has the unknown word `group` (did you mean `groups`?); allowed are abbreviated_depthwise,",
        ),
        ({"when": "groups.real"}, "`when` cannot be used: `groups.real` is not allowed"),
        ({"when": "groups =="}, "`when` cannot be used: `groups ==` is not a Python expression"),
        ({"message": "{grups}"}, "`message` has the unknown word `grups` (did you mean `groups`?)"),
        ({"help": ""}, "`help` is `''`, but has to be a text"),
        ({"exceptions": "none"}, "`exceptions` is `'none'`, but has to be a list of texts"),
        ({"references": [1]}, "`references` is `1`, but has to be a text"),
        ({"fix": {"safety": "unsure", "description": "x"}}, "`fix.safety` is `'unsure'` (did you mean `unsafe`?)"),
        ({"fix": "none"}, "`fix` is `'none'`, but has to be a mapping with safety, description"),
        ({"options": {"limit": 3}}, "`options.limit` is `3`, but has to be a mapping with default, doc"),
        ({"opinion": {"for": "x"}}, "`opinion.against` is missing"),
        ({"strict": "fatal"}, "`strict` is `'fatal'`; allowed are error"),
        ({"examples": {"good": [{"name": "g", "code": GOOD}]}}, "`examples.bad` is missing"),
        ({"examples": {"bad": [], "good": []}}, "`examples.bad` is `[]`, but has to be a list of at least one example"),
        (
            {"examples": {"bad": [{"name": "b"}], "good": [{"name": "g", "code": GOOD}]}},
            "`examples.bad` has an example `'b'` that needs either `code` or `files`",
        ),
        (
            {"examples": {"bad": [{"name": "b", "code": GOOD}], "good": [{"name": "g", "code": GOOD}]}},
            "`examples.good` has `g`, the same code as `b`",
        ),
        (
            {"examples": {"bad": [{"name": "b", "code": "x = 1"}], "good": [{"name": "g", "code": GOOD}]}},
            "`examples.bad` has `b`: `# expect: XX001` belongs in bad examples and only there",
        ),
    ],
)
def test_a_mistake_is_one_clear_sentence(changes: dict[str, Any], sentence: str) -> None:
    found = mistakes(content(**changes), "rules/XX001.yaml")
    assert any(text.startswith(f"rules/XX001.yaml: {sentence}") for text in found), found


def test_a_file_that_is_no_mapping_is_refused() -> None:
    assert mistakes([], "rules/XX001.yaml") == [
        "rules/XX001.yaml: a rule file is a mapping of keys to values, not `[]`"
    ]


def test_options_are_words() -> None:
    options = {"limit": {"default": 3, "doc": "the limit"}}
    assert mistakes(content(when="groups > limit", options=options), "rules/XX001.yaml") == []


def test_words_of_any_matched_kind_are_allowed() -> None:
    data = content(match=["conv", "shuffle"], when="groups == 3 or channels == 3", message="x")
    assert mistakes(data, "rules/XX001.yaml") == []


def write(folder: Path, data: Any, name: str = "XX001.yaml") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data), encoding="utf-8")
    return path


def test_a_rule_file_is_read(tmp_path: Path) -> None:
    document = load_file(write(tmp_path, content(strict="error", opinion={"for": "a", "against": "b"})))
    rule = document.rule
    assert (rule.info.code, rule.info.severity, rule.strict) == ("XX001", Severity.WARNING, Severity.ERROR)
    assert rule.match == ("conv",)
    assert document.opinion == ("a", "b")
    assert [(kind, example.name) for kind, example in cases(document)] == [("bad", "bad"), ("good", "good")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "cannot be read as YAML"),
        ("code: XX001\ncode: XX002\n", "key `code` is given twice"),
        (yaml.safe_dump(content(code="XX002", examples=...)), "`examples` is missing"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        load_file(write(tmp_path, text))


def test_a_file_is_named_by_its_code(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="`code` is `XX001`, but the file is named other"):
        load_file(write(tmp_path, content(), "other.yaml"))


def test_names_are_not_shared(tmp_path: Path) -> None:
    write(tmp_path, content())
    text = yaml.safe_dump(content()).replace("XX001", "XX002")
    write(tmp_path, text, "XX002.yaml")
    with pytest.raises(RuleError, match=r"XX002\.yaml: `name` is `a-rule`, as in XX001"):
        load_folder(tmp_path)


def test_files_that_cannot_be_decoded_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "XX001.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RuleError, match="cannot be read"):
        load_file(path)


def test_compiled_rules_are_in_step() -> None:
    documents = load_folder(builtin_folder())
    assert tuple(document.rule for document in documents) == rules()
    assert generate.main(["--check"]) == 0


def test_out_of_step_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    target = tmp_path / "compiled.py"
    monkeypatch.setattr(generate, "TARGET", target)
    assert generate.main(["--check"]) == 1
    assert "is not in step" in capsys.readouterr().out
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_the_rules_of_this_release() -> None:
    codes = [rule.info.code for rule in rules()]
    assert codes == sorted(codes)
    for rule in rules():
        # What judges measurements says nothing before somebody asks for these.
        design = rule.info.category in ("design", "style") and rule.match != ("measured_conv",)
        assert rule.info.default == (rule.info.severity is not Severity.INFO and not design), rule.info.code


def test_the_hot_path_reads_no_yaml() -> None:
    program = (
        "import sys; from gconv_lint import engine; from gconv_lint.rulebook import rules; rules();"
        "print(sorted({'yaml', 'torch', 'libcst', 'difflib', 'hashlib', 'typing_extensions'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def example(text: str) -> Example:
    return Example(name="e", files={"example.py": text})


def test_expectations_are_comments() -> None:
    assert expectations(example("x\ny  # expect: GC002, GC003\n")) == {
        ("example.py", 2, "GC002"),
        ("example.py", 2, "GC003"),
    }


@pytest.mark.parametrize(
    ("kind", "text", "spots", "undecided", "answer"),
    [
        ("bad", BAD, {("example.py", 2, "XX001")}, 0, ""),
        ("bad", BAD, set(), 0, "missing example.py:2 XX001"),
        ("good", GOOD, {("example.py", 2, "GC002")}, 0, "noisy example.py:2 GC002"),
        ("undecided", GOOD, set(), 1, ""),
        ("undecided", GOOD, set(), 0, "XX001 decided every subject"),
    ],
)
def test_promises(kind: str, text: str, spots: set[tuple[str, int, str]], undecided: int, answer: str) -> None:
    outcome = Outcome(spots=frozenset(spots), undecided=undecided)
    assert broken_promise("XX001", kind, example(text), lambda *_: outcome) == answer
