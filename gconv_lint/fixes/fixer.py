"""Applies fixes to texts in memory, in passes, and takes back what does not mend."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from gconv_lint.fixes import regressions
from gconv_lint.fixes.documents import Unfit, decode, encode, on_disk
from gconv_lint.fixes.rewriting import edits
from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Edit, overlap

#: Passes after which fixing ends: each mends something, so that more than a few are rare.
MAX_PASSES = 100

#: Lints with these bytes of files in place of those on disk; a finding comes with the fix that may be applied, or none.
Lint = Callable[[Mapping[str, bytes]], Sequence[Finding]]


class Outcome(NamedTuple):
    """The bytes of the files that changed, what was mended, and the fixes that did not hold, with the reason."""

    changed: dict[str, bytes]
    fixed: tuple[Finding, ...]
    given_up: tuple[tuple[Finding, str], ...]


class Fixer:
    """Fixes what ``lint`` finds in texts kept in memory: those of files on disk, or as ``texts`` has them."""

    def __init__(self, lint: Lint, texts: Mapping[str, bytes] | None = None) -> None:
        self._lint = lint
        self.original: dict[str, bytes] = dict(texts or {})
        self.texts: dict[str, bytes] = dict(self.original)
        self._failed: dict[tuple[str, str], tuple[Finding, str]] = {}
        self._at_most = sys.maxsize
        self._aside: set[tuple[str, str]] = set()
        self._compared = bool(texts)

    def _read(self, path: str) -> bytes:
        """The bytes of a file as they are by now. Raises ``OSError``."""
        if path not in self.texts:
            self.original[path] = self.texts[path] = on_disk(path)
        return self.texts[path]

    def run(self) -> Outcome:
        """Apply fixes until none is left that holds."""
        fixed: list[Finding] = []
        found = self._lint(self.texts)
        for _ in range(MAX_PASSES):
            before = dict(self.texts)
            applied, made = self._apply(found)
            if not applied and self._aside:
                self._aside.clear()
                continue
            if not applied:
                break
            after = self._lint(self.texts)
            found = self._comparable(found, after, made)
            stayed, errors = regressions.stayed(applied, found, after), regressions.new_errors(found, after, made)
            if self._holds(applied, stayed, errors):
                fixed += applied
                found, self._compared = after, True
                self._at_most *= 2
            else:
                self.texts = before
        changed = {path: data for path, data in self.texts.items() if data != self.original[path]}
        return Outcome(changed, tuple(fixed), tuple(self._failed.values()))

    def _comparable(
        self, found: Sequence[Finding], after: Sequence[Finding], made: Mapping[str, Collection[Edit]]
    ) -> Sequence[Finding]:
        """What was found before the first pass, by the same reading of the program where errors seem to be new.

        The first run has no texts, and may be cut or remembered: it may have seen less.
        """
        if self._compared or not regressions.new_errors(found, after, made):
            return found
        self._compared = True
        found = self._lint({path: self.original[path] for path in made})
        self._lint(self.texts)  # what is asked last counts
        return found

    def _holds(self, applied: Sequence[Finding], stayed: Sequence[Finding], errors: Collection[str]) -> bool:
        """Whether the fixes mended their findings and made no new errors; one that did not is not tried again.

        Of several, those that touch the files with ``errors`` wait until the others are done.
        """
        suspects = {_key(f) for f in applied if any(_touches(f, path) for path in errors)}
        if stayed:
            self._failed |= {_key(f): (f, "the finding stays") for f in stayed}
        elif errors and 0 < len(suspects) < len(applied):
            self._aside |= suspects
        elif errors and len(applied) > 1:
            self._at_most = len(applied) // 2  # until the one that is to blame is alone
        elif errors:
            self._failed |= {_key(f): (f, "it would make an error elsewhere") for f in applied}
        return not stayed and not errors

    def _apply(self, found: Iterable[Finding]) -> tuple[list[Finding], dict[str, set[Edit]]]:
        """Change the texts by as many fixes as do not touch each other; the findings that these mend, the edits."""
        chosen: dict[str, set[Edit]] = {}
        applied: list[Finding] = []
        for finding in found:
            if finding.fix is None or _key(finding) in self._failed or _key(finding) in self._aside:
                continue
            if len(applied) >= self._at_most:
                break
            made = edits(finding.fix)
            if not made:
                self._failed[_key(finding)] = (finding, "the code cannot be rewritten")
            elif _fits(made, chosen):
                for edit in made:
                    chosen.setdefault(edit.place.path, set()).add(edit)
                applied.append(finding)
        return (applied, chosen) if self._write(chosen, applied) else ([], {})

    def _write(self, chosen: dict[str, set[Edit]], applied: Sequence[Finding]) -> bool:
        """Change the texts; ``False`` where one of them would be no Python any more, and nothing changed."""
        texts = {}
        for path, group in chosen.items():
            try:
                texts[path] = edited(self._read(path), group)
            except (OSError, Unfit, SyntaxError, ValueError) as error:
                self._failed |= {_key(f): (f, str(error)) for f in applied if _touches(f, path)}
        if len(texts) < len(chosen):
            return False
        self.texts |= texts
        return True


def edited(data: bytes, group: Iterable[Edit]) -> bytes:
    """The bytes of a file after edits that do not overlap.

    Raises ``Unfit`` where the file cannot be written back, ``SyntaxError`` or ``ValueError`` where the result is no
    Python.
    """
    text, encoding = decode(data)
    for edit in sorted(group, key=lambda each: (each.start, each.end, each.text), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    result = encode(text, encoding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(result)
    return result


def _fits(made: Iterable[Edit], chosen: dict[str, set[Edit]]) -> bool:
    """Whether edits keep clear of those already chosen; an edit that is chosen already is no other edit."""
    return not any(overlap(edit, other) for edit in made for other in chosen.get(edit.place.path, ()) if other != edit)


def _touches(finding: Finding, path: str) -> bool:
    return finding.fix is not None and path in finding.fix.paths


def _key(finding: Finding) -> tuple[str, str]:
    """What a finding is known by from pass to pass."""
    return finding.place.path, finding.fingerprint
