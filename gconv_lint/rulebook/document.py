"""What a rule is in full: the document that users read and tests run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gconv_lint.rulebook.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Source files by name; ``# expect: CODE`` stands on each line that must be reported.

    ``options`` are those of the rule; ``thread`` is the public report whose mistake the code has; ``fixed`` has the
    files that the rule's fix changes, as they read then. With a ``model`` the
    code is no text to check: what has this name in its one file is built, and run on a tensor of the sizes ``input``;
    ``measured`` are the microseconds that its convolution is taken to need as it is (``own``) and ``dense``.
    """

    name: str
    files: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    thread: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    input: str = ""
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """``bad`` must be reported, ``good`` not, ``undecided`` not either but counted as undecided."""

    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    undecided: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """How the mistake is corrected, for readers: ``safety`` is safe, unsafe or none."""

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
