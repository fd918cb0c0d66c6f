"""What a rule is: the part of its document that linting needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gconv_lint.model.findings import RuleInfo, Severity
from gconv_lint.model.fixes import Recipe


class Rule(NamedTuple):
    """A condition on the facts of subjects of the kinds in ``match``, and what to say where it holds.

    ``raises`` names what torch raises there: code that expects it is not reported. ``strict`` is the severity under
    ``--strict``. ``options`` are words with a default; a rule with an option that is ``None`` judges nothing.
    ``recipe`` says how findings are mended, where that can be said.
    """

    info: RuleInfo
    match: tuple[str, ...]
    when: str
    message: str
    help: str
    raises: str = ""
    strict: Severity | None = None
    options: Mapping[str, Any] = {}
    recipe: Recipe | None = None
