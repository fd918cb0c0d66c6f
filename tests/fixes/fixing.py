"""Fixes files of the current folder with chosen rules, as the tests of this folder need it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gconv_lint import api, rulebook
from gconv_lint.config import Config
from gconv_lint.fixes.fixer import Fixer, Outcome
from gconv_lint.model.findings import Finding

DEFAULTS = frozenset(rule.info.code for rule in rulebook.rules() if rule.info.default)


def linter(
    paths: list[str], codes: frozenset[str], options: Mapping[str, Mapping[str, Any]] | None = None, *, unsafe: bool
) -> Callable[[Mapping[str, bytes]], list[Finding]]:
    """What the rules find in the files as they are read, with the fixes that may be applied."""
    settings = Config(active=codes, options=options or {})

    def lint(unsaved: Mapping[str, bytes]) -> list[Finding]:
        found = api.check(paths, settings, unsaved=unsaved).findings
        return [f if f.fix is None or f.fix.applies(unsafe=unsafe) else f._replace(fix=None) for f in found]

    return lint


def fixed(text: str | bytes, *codes: str, unsafe: bool = True) -> tuple[bytes, list[Finding], Outcome]:
    """A program after its fixes, what is found in it then, and what was done."""
    path = Path("program.py")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    lint = linter([str(path)], frozenset(codes) or DEFAULTS, unsafe=unsafe)
    fixer = Fixer(lint)
    outcome = fixer.run()
    return fixer.texts.get(str(path), path.read_bytes()), lint(fixer.texts), outcome
