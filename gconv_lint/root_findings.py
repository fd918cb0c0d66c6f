"""Puts together what rules find in whole models, and adds it to what they find in the files that build these."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gconv_lint import suppress
from gconv_lint.model.findings import Finding, RuleInfo, order
from gconv_lint.model.places import Place, Related
from gconv_lint.model.report import Counts, Report, Silenced
from gconv_lint.model.targets import Target

Key = tuple[str, Place]


class Root(NamedTuple):
    """A model to follow: what to build, where that stands, and which function builds others like it.

    Those that somebody ``listed`` in a configuration have to work.
    """

    target: Target
    group: str
    place: Place
    listed: bool = False

    @property
    def name(self) -> str:
        """What the model is called."""
        return self.target.name.rpartition(":")[2]


def gathered(found: Sequence[tuple[Root, Report]], names: Sequence[str]) -> Report:
    """One report of those on all models, within some files: what several of them show is one finding."""
    own = {os.path.abspath(name): name for name in names}
    first: dict[Key, Finding] = {}
    roots: dict[Key, list[Root]] = {}
    for root, report in found:
        for finding in report.findings:
            name = own.get(os.path.abspath(finding.place.path))
            if name is not None:
                key = finding.rule.code, finding.place._replace(path=name)
                first.setdefault(key, finding._replace(place=key[1]))
                roots.setdefault(key, []).append(root)
    told = (finding._replace(related=(*finding.related, _note(roots[key]))) for key, finding in first.items())
    states = sum((Counter(report.counts.roots) for _, report in found), Counter[str]())
    return Report(
        findings=tuple(sorted(told, key=order)),
        problems=tuple(problem for _, report in found for problem in report.problems),
        counts=Counts(roots=dict(states)),
    )


def _note(roots: Sequence[Root]) -> Related:
    more = len(roots) - 1
    others = f" and {more} {'other' if more == 1 else 'others'}" if more else ""
    return Related(f"in the whole model `{roots[0].name}`{others}", roots[0].place)


def merged(report: Report, roots: Report, infos: Sequence[RuleInfo], *, silence: bool = True) -> Report:
    """The report on files with what whole models show besides; comments silence that, too, where they may."""
    known = [*report.findings, *(each.finding for each in report.silenced)]
    seen = {(finding.rule.code, finding.place) for finding in known}
    taken = Counter(finding.fingerprint for finding in known)
    new = [_apart(f, taken) for f in roots.findings if (f.rule.code, f.place) not in seen]
    heard = _Heard(new, report.sources, infos) if silence else _Silent(new)
    kept = [finding for finding in report.findings if not heard.uses(finding)]
    return report._replace(
        findings=tuple(sorted((*kept, *heard.kept), key=order)),
        silenced=(*report.silenced, *heard.silenced),
        problems=(*report.problems, *roots.problems),
        counts=report.counts._replace(
            roots=roots.counts.roots, suppressed=report.counts.suppressed + len(heard.silenced)
        ),
    )


def _apart(finding: Finding, taken: Counter[str]) -> Finding:
    """The finding with a fingerprint of its own: each model counts what is alike in it from the start."""
    from hashlib import blake2b

    taken[finding.fingerprint] += 1
    number = taken[finding.fingerprint]
    if number == 1:
        return finding
    text = f"{finding.fingerprint}\0{number}"
    return finding._replace(fingerprint=blake2b(text.encode(), digest_size=16).hexdigest())


@dataclass
class _Silent:
    """Findings where no comment counts."""

    kept: Sequence[Finding]
    silenced: tuple[Silenced, ...] = ()

    def uses(self, _: Finding) -> bool:
        """Whether a finding says that a comment silences nothing, which it does."""
        return False


class _Heard(_Silent):
    """Findings, those that comments silence apart."""

    def __init__(self, findings: Sequence[Finding], sources: Mapping[str, str], infos: Sequence[RuleInfo]) -> None:
        texts = {path: sources[path] for path in {f.place.path for f in findings} if path in sources}
        found = suppress.apply(findings, texts, infos)
        super().__init__(found.kept, found.silenced)
        self._used = {
            (finding.place.path, comment.line, comment.column)
            for finding, *_ in found.silenced
            for comment in found.found[finding.place.path]
            if comment.covers(finding.place.line, finding.place.end_line)
            and comment.names(finding.rule.code, finding.rule.name)
        }

    def uses(self, finding: Finding) -> bool:
        place = finding.place
        return finding.rule.name == suppress.UNUSED and (place.path, place.line, place.column) in self._used
