"""What a rule is: the part that linting needs, and the document that users read and tests run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gconv_lint.model.findings import RuleInfo, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition on the facts of subjects of the kinds in ``match``, and what to say where it holds.

    ``raises`` names what torch raises there: code that expects it is not reported. ``strict`` is the severity under
    ``--strict``. ``options`` are words with a default; a rule with an option that is ``None`` judges nothing.
    """

    info: RuleInfo
    match: tuple[str, ...]
    when: str
    message: str
    help: str
    raises: str = ""
    strict: Severity | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Source files by name; ``# expect: CODE`` stands on each line that must be reported.

    ``options`` are those of the rule; ``thread`` is the public report whose mistake the code has.
    """

    name: str
    files: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """``bad`` must be reported, ``good`` not, ``undecided`` not either but counted as undecided."""

    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    undecided: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """How the mistake is corrected: ``safety`` is safe, unsafe or none."""

    safety: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDocument:
    """One rule file: ``why`` and ``exceptions`` are Markdown, ``opinion`` the evidence for and against."""

    rule: Rule
    since: str
    why: str
    exceptions: tuple[str, ...]
    fix: Fix
    references: tuple[str, ...]
    option_docs: Mapping[str, str]
    opinion: tuple[str, str] | None
    examples: Examples
