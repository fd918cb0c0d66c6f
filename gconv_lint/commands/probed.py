"""``--probe`` of ``check`` and ``model``: findings gain evidence, and what was measured is judged, too."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence

from gconv_lint import probing, rulebook, suppress
from gconv_lint.commands import probe_flags
from gconv_lint.commands.progress import Progress
from gconv_lint.config import Config, Configs
from gconv_lint.model.evidence import Probed
from gconv_lint.model.findings import order
from gconv_lint.model.report import Report
from gconv_lint.model.summary import Summary
from gconv_lint.request import Settings
from gconv_lint.streams import complain


def models(found: Sequence[Summary], options: Namespace, settings: Config) -> list[Summary]:
    """The models with evidence for their findings. Raises ``SettingError``."""
    prober = probe_flags.prober(options, settings)
    work = [probing.of_model(each, every=False, batch=options.batch) for each in found]
    with Progress() as progress:
        probed = [prober.run(cases, unknown, progress) for cases, unknown in work]
    tell_notes(probed)
    return [
        each._replace(report=_joined(each.report, rows, settings)) for each, rows in zip(found, probed, strict=True)
    ]


def source(report: Report, options: Namespace, settings: Configs) -> Report:
    """The report on source with evidence for its findings, as far as ``--size`` stands for inputs.

    Raises ``SettingError``.
    """
    size, prober = probe_flags.size_of(options), probe_flags.prober(options, settings.main)
    cases, unknown = probing.of_source(report, every=False, batch=options.batch or 1, size=size)
    with Progress() as progress:
        probed = prober.run(cases, unknown, progress)
    tell_notes([probed])
    if unknown and size is None:
        complain("warning: source does not tell the sizes of inputs: nothing is timed without --size HxW")
    return _joined(report, probed, settings)


def tell_notes(probed: Iterable[Probed]) -> None:
    """Warn of what measurements, or their place, rest on, each thing once."""
    for note in dict.fromkeys(note for each in probed for note in each.notes):
        complain(f"warning: {note}")


def _joined(report: Report, probed: Probed, settings: Settings) -> Report:
    """The findings with evidence, and those that rules about measurements add, unless comments silence them."""
    infos = [rule.info for rule in settings.main.rules or rulebook.rules()]
    new = suppress.apply(probing.slower(probed, settings.of), report.sources, infos)
    findings = sorted((*report.findings, *new.kept), key=order)
    counts = report.counts._replace(suppressed=report.counts.suppressed + len(new.silenced))
    return report._replace(
        findings=probing.with_evidence(findings, probed),
        silenced=(*report.silenced, *new.silenced),
        counts=counts,
    )
