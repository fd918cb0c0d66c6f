"""Fixes of findings as quick fixes of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from lsprotocol import types

from gconv_lint.fixes.documents import Unfit
from gconv_lint.fixes.fixer import edited
from gconv_lint.fixes.rewriting import edits
from gconv_lint.lsp.diagnostics import Diagnostics
from gconv_lint.lsp.linting import encoded
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Applicability, Edit, Fix


class Text(NamedTuple):
    """An open document as it was when it was linted."""

    uri: str
    version: int | None
    text: str


def quick_fixes(
    findings: Iterable[Finding], made: Diagnostics, texts: Mapping[str, Text]
) -> Iterator[types.CodeAction]:
    """The fixes of findings that change nothing but open documents, which ``texts`` has by path."""
    for finding in findings:
        if finding.fix is None:
            continue
        changes = _changes(edits(finding.fix), texts)
        if changes:
            yield _action(finding, finding.fix, made, changes, texts)


def _changes(found: Iterable[Edit], texts: Mapping[str, Text]) -> dict[str, list[Edit]]:
    """Edits by path; none where a file is not open or would be no Python any more."""
    by_path: dict[str, list[Edit]] = {}
    for edit in found:
        by_path.setdefault(edit.place.path, []).append(edit)
    try:
        for path, group in by_path.items():
            edited(encoded(texts[path].text), group)
    except (KeyError, Unfit, SyntaxError, ValueError):
        return {}
    return by_path


def _action(
    finding: Finding, fix: Fix, made: Diagnostics, changes: Mapping[str, list[Edit]], texts: Mapping[str, Text]
) -> types.CodeAction:
    safe = fix.applicability is Applicability.SAFE
    by_uri = {
        texts[path].uri: [
            types.TextEdit(range=made.positions(path).range(edit.place), new_text=edit.text) for edit in group
        ]
        for path, group in changes.items()
    }
    return types.CodeAction(
        title=f"{finding.rule.code}: {fix.message}{'' if safe else ' (unsafe)'}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[made.of(finding)],
        is_preferred=safe,
        edit=types.WorkspaceEdit(changes=by_uri),
    )
