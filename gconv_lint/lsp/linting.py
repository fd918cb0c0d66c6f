"""The texts that an editor has open to reports: those that share a configuration are one program."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gconv_lint import api, baseline, config_files, rulebook
from gconv_lint.config import Configs, Flags
from gconv_lint.files import shown
from gconv_lint.model.report import Report
from gconv_lint.selection import SettingError

#: An editor opens whatever it is told to: what the settings exclude is not linted there either.
_FLAGS = Flags(values={"force-exclude": True})


class Linted(NamedTuple):
    """Files with one report on them; ``complaint`` says why their settings cannot be used."""

    paths: tuple[str, ...]
    report: Report = Report(())
    complaint: str = ""


def lint(texts: Mapping[str, str]) -> Iterator[Linted]:
    """What the active rules find in texts by absolute path, whether or not the files are saved, or are there at all."""
    groups: dict[str | None, list[str]] = {}
    for path in texts:
        groups.setdefault(config_files.nearest(os.path.dirname(path)), []).append(path)
    unsaved = {name: encoded(text) for path, text in texts.items() for name in (path, shown(path))}
    for paths in groups.values():
        try:
            yield Linted(tuple(paths), _report(paths, unsaved))
        except SettingError as error:
            yield Linted(tuple(paths), complaint=str(error))


def _report(paths: Sequence[str], unsaved: Mapping[str, bytes]) -> Report:
    settings = Configs(paths, rulebook.rules(), _FLAGS)
    report = api.check(paths, settings, unsaved=unsaved)
    known = settings.main.baseline
    return baseline.apply(report, baseline.read(known), known)[0] if known else report


def encoded(text: str) -> bytes:
    """A text as it would be saved: in the encoding that its first lines declare."""
    data = text.encode(errors="replace")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return text.encode(encoding)
    except (SyntaxError, UnicodeEncodeError, LookupError):
        return data
