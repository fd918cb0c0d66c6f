"""Every reporter on one fixed report, and text that a terminal must not take literally."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from gconv_lint.model.dims import FloorZero, Sym
from gconv_lint.model.evidence import Evidence, Source, Verdict
from gconv_lint.model.findings import Finding, RuleInfo, Severity
from gconv_lint.model.graph import Gap
from gconv_lint.model.places import Place, Related
from gconv_lint.model.report import Counts, Report
from gconv_lint.reporters import render, rule_page, statistics
from gconv_lint.reporters.excerpt import excerpt, printable
from gconv_lint.rulebook.load import load_file
from gconv_lint.settings import FORMATS

RULES = tuple(
    RuleInfo(code=code, name=name, severity=severity, category="correctness", default=True, summary="a summary")
    for code, name, severity in (
        ("GC002", "in-channels-not-divisible", Severity.ERROR),
        ("GC101", "stacked-grouped-convs-without-shuffle", Severity.WARNING),
        ("GC503", "data-dependent-groups", Severity.INFO),
    )
)
BLOCK = (
    "class Block(nn.Module):\n"
    "    def __init__(self, width, groups):\n"
    "        super().__init__()\n"
    "        self.conv = nn.Conv2d(width, width, 3, groups=groups)\n"
)
NET = "\n" * 8 + (
    "net = nn.Sequential(\n    Block(30, 4),\n)\n"
    "pair = nn.Sequential(\n"
    "\tnn.Conv2d(64, 64, 1, groups=8),\n"
    '\tConv("畳み込み", nn.Conv2d(\n'
    "\t\t64,\n\t\t64,\n\t\t1,\n\t\t1,\n\t\t0,\n\t\tgroups=8,\n\t)),\n)\n"
)


def place(path: str, line: int, column: int, end_line: int, end_column: int) -> Place:
    return Place(path=path, line=line, column=column, end_line=end_line, end_column=end_column)


CALL = Related(message="called here with groups=4", place=place("net.py", 10, 5, 10, 17))
EVIDENCE = Evidence(
    device="h200",
    dtype="fp16",
    layout="nhwc",
    floor_us=42.8,
    verdict=Verdict.CONFIRMED,
    reason="groups=16 is 1.90 times as fast",
    source=Source.MEASURED,
    measured_us=190.04,
    kernel_us=60.0,
    dense_us=300.0,
    fix_us=100.0,
)
REPORT = Report(
    findings=(
        Finding(
            rule=RULES[0],
            message="groups=4 does not divide in_channels=30",
            severity=Severity.ERROR,
            place=place("block.py", 4, 21, 4, 62),
            help="30 is divided by 3, 5 and 6",
            related=(CALL,),
            facts={"in_channels": 30, "out_channels": 30, "groups": 4, "kernel_size": (3, 3), "bias": True},
            fingerprint="a1b2",
            evidence=EVIDENCE,
        ),
        Finding(
            rule=RULES[1],
            message="each output sees 1 of 8 groups",
            severity=Severity.WARNING,
            place=place("net.py", 14, 15, 21, 3),
            help="put nn.ChannelShuffle(8) between them",
            facts={"in_channels": Sym.atom("dim // 2"), "groups": FloorZero(0), "stride": None},
            fingerprint="c3d4",
        ),
        Finding(
            rule=RULES[2],
            message="groups is computed from the shape of x",
            severity=Severity.INFO,
            place=place("elsewhere.py", 7, 9, 7, 12),
            facts={"ratio": float("inf"), "tower": 7**100, "mode": "same", "dilation": 1.5},
            fingerprint="e5f6",
        ),
    ),
    counts=Counts(
        files=12,
        parsed=3,
        layers=40,
        groups_reached=8,
        groups_decided=7,
        suppressed=1,
        undecided={"GC002": 2, "GC503": 1},
        gaps={"too deep": 1, "unknown decorator": 4},
    ),
    gaps=(Gap(reason="too deep"),),
    sources={"block.py": BLOCK, "net.py": NET},
)
CLEAN = Report(findings=(), counts=Counts(files=1, parsed=1))


@pytest.mark.parametrize("output_format", [name for name in FORMATS if name != "sarif"])
def test_formats(output_format: str, snapshot: SnapshotAssertion) -> None:
    assert render(REPORT, output_format) == snapshot


def test_colour(snapshot: SnapshotAssertion) -> None:
    assert render(REPORT, "full", colour=True) == snapshot


@pytest.mark.parametrize("output_format", ["full", "json"])
def test_statistics(output_format: str, snapshot: SnapshotAssertion) -> None:
    assert statistics.render(REPORT, RULES, output_format) == snapshot


def test_a_clean_report(snapshot: SnapshotAssertion) -> None:
    assert [render(CLEAN, name) for name in FORMATS] == snapshot
    assert statistics.render(CLEAN, RULES, "full") == snapshot


PLACE_SCHEMA = {
    "type": "object",
    "required": ["row", "column"],
    "properties": {"row": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
FINDINGS_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": [
            *("code", "name", "severity", "message", "filename", "location", "end_location", "related", "fix", "url"),
            "facts",
        ],
        "properties": {
            "severity": {"enum": ["error", "warning", "info"]},
            "location": PLACE_SCHEMA,
            "end_location": PLACE_SCHEMA,
            "related": {
                "type": "array",
                "items": {
                    "required": ["message", "filename", "location"],
                    "properties": {"location": PLACE_SCHEMA},
                },
            },
            "fix": {"type": "null"},
            "facts": {"type": "object"},
        },
    },
}


def test_json_has_the_documented_fields() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    jsonschema.validate(json.loads(render(REPORT, "json"), parse_constant=refuse), FINDINGS_SCHEMA)


def test_terminal_escapes_are_shown_not_sent() -> None:
    hostile = REPORT.findings[0]._replace(
        message="\x1b[2J", help="\r\n", place=place("\x1b.py", 1, 1, 1, 4), related=()
    )
    text = render(Report(findings=(hostile,), sources={"\x1b.py": "\x1b[31mred\n"}), "full")
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\\x1b[2J" in text
    assert printable("a\u202eb") == "a\\u202eb"


def test_carets_stand_under_the_place() -> None:
    shown = list(excerpt(["\tab\x00畳x = Conv()"], place("x", 1, 10, 1, 16)))
    line, carets = shown[1], shown[2]
    # The wide character takes two cells of the terminal and one of the string.
    assert carets.index("^") == line.index("Conv()") + 1
    assert carets.count("^") == len("Conv()")


def test_long_lines_and_long_calls_are_cut() -> None:
    shown = list(excerpt(["x" * 500] * 20, place("x", 2, 300, 18, 4)))
    assert max(map(len, shown)) < 180
    assert "(from column 300)" in shown[2]
    assert shown[-1].endswith("| ...")
    assert len(shown) == 9


def test_a_place_outside_the_text_quotes_nothing() -> None:
    assert list(excerpt([], place("x", 1, 1, 1, 2))) == []
    assert list(excerpt(["a"], place("x", 5, 1, 5, 2))) == []


RULE_FILE = """\
code: GC901
name: a-rule-of-the-tests
summary: groups are many
severity: warning
strict: error
category: design
default: false
since: "0.1.0"
match: conv
when: groups > most_groups
message: "groups={groups}"
help: use fewer than {groups}
why: |
  Too many groups are slow.
exceptions:
  - Depthwise convolutions.
fix: {safety: none, description: There is no automatic fix.}
references:
  - jaxony/ShuffleNet#5
  - A paper <https://example.org/paper>
  - A book, page 3
options:
  most_groups: {default: null, doc: The largest number that is fine.}
opinion: {for: Speed., against: Accuracy.}
examples:
  bad:
    - name: two files
      options: {most_groups: 8}
      files:
        a.py: |
          from torch import nn
          conv = nn.Conv2d(32, 32, 1, groups=16)  # expect: GC901
        b.py: |
          import a
  good:
    - name: few groups
      options: {most_groups: 8}
      code: |
        from torch import nn
        conv = nn.Conv2d(32, 32, 1, groups=4)
"""


def test_rule_page(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    (tmp_path / "GC901.yaml").write_text(RULE_FILE)
    document = load_file(tmp_path / "GC901.yaml")
    assert rule_page.markdown(document) == snapshot
    data = rule_page.as_data(document)
    assert data.pop("explanation") == rule_page.markdown(document)
    assert data == snapshot
