"""What fuzzing asks for: whatever the bytes, an answer or one clear sentence; every other exception is a fault."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gconv_lint import api, baseline, rule_tests, rulebook
from gconv_lint.config import Config, Configs
from gconv_lint.fixes.rewriting import edits
from gconv_lint.model.report import Report
from gconv_lint.reporters import render
from gconv_lint.rulebook import own
from gconv_lint.rulebook.schema import RuleError
from gconv_lint.selection import SettingError

FORMATS = ("full", "json", "sarif", "github", "gitlab", "junit")
#: A finding for rules and settings to judge.
PROGRAM = b"from torch import nn\n\nconv = nn.Conv2d(30, 64, 3, groups=4)  # noqa: GC003\n"
ALL = Config(frozenset(rule.info.code for rule in rulebook.rules()))


def source(data: bytes, name: str = "net.py") -> None:
    """Lint, print and mend a text."""
    report = api.check([], ALL, stdin=(name, data))
    _sound(report)
    for finding in report.findings:
        if finding.fix is not None:
            edits(finding.fix)


def notebook(data: bytes) -> None:
    """Lint a notebook."""
    source(data, "net.ipynb")


def rule(data: bytes) -> None:
    """Load a rule file, run its examples, and judge a program by it."""
    with _folder({"OWN001.yaml": data}) as folder:
        try:
            (document,) = own.documents([str(folder / "OWN001.yaml")])
            rules = own.extended(rulebook.rules(), [document.rule])
        except RuleError as error:
            _sentence(str(error).partition("\n")[0])
            return
        for result in rule_tests.results(document, rules):
            assert isinstance(result.complaint, str)
        _sound(api.check([], ALL._replace(rules=rules, active=ALL.active | {"OWN001"}), stdin=("net.py", PROGRAM)))
        assert set(os.listdir(folder)) == {"OWN001.yaml"}


def configuration(data: bytes) -> None:
    """Lint by a configuration file."""
    with _folder({"gconv-lint.toml": data, "net.py": PROGRAM}) as folder:
        try:
            settings = Configs([str(folder / "net.py")], rulebook.rules())
        except SettingError as error:
            _sentence(str(error))
            return
        _sound(api.check([str(folder)], settings))


def known(data: bytes) -> None:
    """Read a baseline, apply it, and write it again."""
    with _folder({"known.json": data}) as folder:
        where = str(folder / "known.json")
        report = api.check([], ALL, stdin=(str(folder / "net.py"), PROGRAM))
        try:
            left, _ = baseline.apply(report, baseline.read(where), where)
        except SettingError as error:
            _sentence(str(error))
            return
        json.loads(baseline.text_of(left.findings, where))


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "source": source,
    "notebook": notebook,
    "rule": rule,
    "configuration": configuration,
    "baseline": known,
}


def _sound(report: Report) -> None:
    """No rule fails, and every format holds the report."""
    assert [problem for problem in report.problems if " is skipped: " in problem.message] == []
    for output_format in FORMATS:
        render(report, output_format)


def _sentence(message: str) -> None:
    assert message.strip()
    assert len(message) < 2_000


@contextmanager
def _folder(files: Mapping[str, bytes]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        for file, data in files.items():
            (Path(name) / file).write_bytes(data)
        yield Path(name)
