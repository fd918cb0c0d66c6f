"""Comments that silence findings, and those that do not."""

from __future__ import annotations

import pytest

from gconv_lint import suppress
from gconv_lint.model.findings import Finding, RuleInfo, Severity
from gconv_lint.model.places import Place

RULE = RuleInfo(
    code="GC101", name="some-rule", severity=Severity.WARNING, category="style", default=True, summary="a summary"
)
RULES = (RULE, RULE._replace(code="GC002", name="other-rule"))


def _silenced(text: str, line: int = 1, end_line: int | None = None) -> bool:
    place = Place(path="net.py", line=line, column=1, end_line=end_line or line, end_column=2)
    finding = Finding(rule=RULE, message="m", severity=RULE.severity, place=place)
    kept, silenced, _ = suppress.apply([finding], {"net.py": text}, RULES)
    assert len(kept) + len(silenced) == 1
    return len(silenced) == 1


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NoQA",
        "# noqa: GC101",
        "# noqa:GC101",
        "# noqa : gc101",
        "# noqa: E501, GC101",
        "# noqa: E501 GC101",
        "# noqa: GC101 the shuffle is in the weights",
        "# type: ignore  # noqa: GC101",
        "# noqa: E501  # noqa: GC101",
        "# gconv-lint: ignore",
        "# gconv-lint: ignore[GC101]",
        "# gconv-lint:ignore[GC002, some-rule]",
        "# noqa: E501  # gconv-lint: ignore[some-rule]",
        "# noqa: some-rule",
        "# noqa: E501, some-rule",
        "# noqa: GC002 some-rule",
        "# gconv-lint: file-ignore",
        "# gconv-lint: file-ignore[some-rule]",
    ],
)
def test_silences(comment: str) -> None:
    assert _silenced(f"nn.Conv2d(8, 8, 1)  {comment}\n")


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "# noqa: E501",
        "# noqa: GC102",
        "# noqa: GC10",
        "# noqa: GC1011",
        "# noqa: because the shuffle is in the weights",
        "# gconv-lint: ignore[]",
        "# gconv-lint: ignore[GC1]",
        "# gconv-lint: ignore[another-rule]",
        "# gconv-lint: ignored",
        "# gconv-lint: file-ignore[other-rule]",
        "# gconv-lint: ignore-file",
        "# noqa: some rule",
        "# noqas are welcome",
    ],
)
def test_does_not_silence(comment: str) -> None:
    assert not _silenced(f"nn.Conv2d(8, 8, 1)  {comment}\n")


CALL = "conv = nn.Conv2d(\n    8,\n    8,  # noqa: GC101\n    1,\n)\nother = 1\n"


def test_any_line_of_a_call_counts() -> None:
    assert _silenced(CALL, 1, 5)


def test_lines_outside_the_call_do_not_count() -> None:
    assert not _silenced(CALL, 1, 2)
    assert not _silenced(CALL, 4, 6)


def test_a_string_is_no_comment() -> None:
    assert not _silenced('conv = make("# noqa")\n')
    assert not _silenced('conv = make("""\n# noqa: GC101\n""", 1)\n', 1, 3)


def test_a_comment_behind_a_string_is_one() -> None:
    assert _silenced('conv = make("# noqa: E501")  # noqa: GC101\n')


def test_lines_count_as_python_counts_them() -> None:
    assert _silenced("a = 1\r\nb = '\x0c'\x0c\r\nconv = 2  # noqa\r\n", 3)
    assert not _silenced("a = 1\x0c\nb = 2  # noqa\nconv = 3\n", 3)


def test_text_that_does_not_tokenize_keeps_findings() -> None:
    assert not _silenced("conv = (1  # fine\n'''\n# noqa\n", 3)


def test_a_place_beyond_the_text_is_kept() -> None:
    assert not _silenced("# noqa\n", 7)


def test_a_file_without_text_is_kept() -> None:
    place = Place(path="elsewhere.py", line=1, column=1, end_line=1, end_column=2)
    finding = Finding(rule=RULE, message="m", severity=RULE.severity, place=place)
    assert suppress.apply([finding], {}, RULES)[:2] == ((finding,), ())


def test_order_is_kept() -> None:
    text = "a\nb  # noqa\nc\n"
    places = [Place(path="net.py", line=n, column=1, end_line=n, end_column=2) for n in (1, 2, 3)]
    findings = [Finding(rule=RULE, message="m", severity=RULE.severity, place=place) for place in places]
    kept, silenced, _ = suppress.apply(findings, {"net.py": text}, RULES)
    assert (list(kept), len(silenced)) == ([findings[0], findings[2]], 1)
