"""Applies the rules to a live model, or to source text, and says what they find as pytest says what failed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gconv_lint import api, config, engine, rulebook
from gconv_lint.model.findings import Finding
from gconv_lint.model.places import Related
from gconv_lint.model.report import Report
from gconv_lint.reporters.excerpt import printable
from gconv_lint.reporters.text import blocks, count
from gconv_lint.selection import Choice
from gconv_lint.testing.runs import attempted
from gconv_lint.testing.wording import listed

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.live import Model, Observation

#: Rules by code, prefix, name or ``ALL``: one of them, or several.
Selectors = str | Sequence[str]


def check(
    model: Model, *inputs: Any, select: Selectors | None = None, ignore: Selectors = (), closed: bool = True
) -> tuple[Finding, ...]:
    """What the rules find in a model and one run of it; the place of a finding is the path of its layer.

    Where the source text of a class shows the one call that made the layer, this is the first related place.

    ``inputs`` are tensors, or shapes such as ``(1, 3, 32, 32)``. Rules and thresholds are those of the nearest
    pyproject.toml unless ``select`` names others. A ``closed`` model is run as it is; in another one the caller may mix
    what the model leaves apart.

    Raises ``SettingError`` for a selector that is none, and what the model raises unless a finding explains that.
    """
    __tracebackhide__ = True
    settings = _settings([os.curdir], select, ignore).main
    run = attempted(model, inputs)
    from gconv_lint.frontends.fx.judged import program

    active = [rule for rule in rulebook.rules() if rule.info.code in settings.active]
    outcome = engine.run(program(run, closed), active, settings.options, strict=settings.strict)
    if outcome.skipped:
        raise RuntimeError(outcome.skipped[0].message)
    found = outcome.findings
    if run.error is not None and not any(rule.raises for rule in active if _found(rule.info.code, found)):
        raise run.error
    severities = settings.severities
    return tuple(
        each._replace(
            severity=severities.get(each.rule.code, each.severity), related=(*_origin(run, each), *each.related)
        )
        for each in found
    )


def _origin(run: Observation, finding: Finding) -> Iterator[Related]:
    """The call that made the layer of a finding."""
    from gconv_lint.frontends.fx.origins import made_at

    path = finding.place.path.removeprefix(run.name).removeprefix(".")
    place = made_at(run.model, path)
    if place is not None:
        yield Related(message=f"`{path}` is made here", place=place)


def _found(code: str, findings: Sequence[Finding]) -> bool:
    return any(finding.rule.code == code for finding in findings)


def assert_clean(
    model: Model, *inputs: Any, select: Selectors | None = None, ignore: Selectors = (), closed: bool = True
) -> None:
    """Assert that ``check`` finds nothing. Raises ``AssertionError`` with each finding and its help."""
    __tracebackhide__ = True
    found = check(model, *inputs, select=select, ignore=ignore, closed=closed)
    if found:
        lines = [line for finding in found for line in _lines(finding)]
        raise AssertionError(listed(f"{count(len(found), 'finding')} in {type(model).__name__}", lines))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.place.path}: {finding.rule.code} {finding.rule.name}: {printable(finding.message)}"
    if finding.help:
        yield f"  help: {printable(finding.help)}"
    for related in finding.related:
        where = f"{related.place.path}:{related.place.line}: " if related.place.path.endswith(".py") else ""
        yield f"  note: {printable(where + related.message)}"


def assert_no_findings_in(
    *paths: str | os.PathLike[str], select: Selectors | None = None, ignore: Selectors = ()
) -> None:
    """Assert that the rules find nothing in the Python files at ``paths``, without running them; needs no torch.

    Settings are those of the pyproject.toml nearest to the paths. Raises ``AssertionError`` with each finding as the
    command line shows it, and for files that cannot be read or parsed; ``SettingError`` for a selector that is
    none, and ``ValueError`` where there is no file.
    """
    __tracebackhide__ = True
    names = [os.fspath(path) for path in paths]
    report = api.check(names, _settings(names, select, ignore))
    if not report.counts.files and not report.problems:
        raise ValueError(f"there is no Python file to look at in {', '.join(names) or 'no path'}")
    text = told(report)
    if text:
        raise AssertionError(text)


def _settings(paths: Sequence[str], select: Selectors | None, ignore: Selectors) -> config.Configs:
    choice = Choice(select=None if select is None else _several(select), ignore=_several(ignore))
    return config.Configs(paths, rulebook.rules(), config.Flags(choice=choice))


def _several(selectors: Selectors) -> tuple[str, ...]:
    several = (selectors,) if not isinstance(selectors, Iterable) or isinstance(selectors, str) else tuple(selectors)
    if not all(isinstance(each, str) for each in several):
        raise TypeError(f"rules cannot be {selectors!r}; allowed is a text such as 'GC1', or several of them")
    return several


def told(report: Report) -> str:
    """The problems and findings of a report with source lines and help, nothing where there are none."""
    problems = [f"{each.path}:{each.line or 1}: {printable(each.message)}" for each in report.problems]
    if not problems and not report.findings:
        return ""
    files = count(len({each.place.path for each in report.findings} | {each.path for each in report.problems}), "file")
    head = f"{count(len(problems) + len(report.findings), 'finding')} in {files}"
    return "\n\n".join([head, *problems, *(block.rstrip("\n") for block in blocks(report, quote=True, colour=False))])
