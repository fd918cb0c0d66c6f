"""What a rule says about a place."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from gconv_lint.model.fixes import Fix, Plan
from gconv_lint.model.places import Place, Related

if TYPE_CHECKING:  # most runs time nothing
    from gconv_lint.model.evidence import Evidence

#: As in ``gconv_lint.model.layers``, which takes longer to load.
Value = Any


class Severity(str, Enum):
    """How sure it is that the program is wrong: it fails, it is probably not meant, or it is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class RuleInfo(NamedTuple):
    """The identity of a rule: what a user selects, reads and links to."""

    code: str
    name: str
    severity: Severity
    category: str
    default: bool
    summary: str
    preview: bool = False
    #: the file of a rule that users brought themselves
    source: str = ""

    @property
    def url(self) -> str:
        """The rule's page in the documentation; nothing for a rule that users brought themselves."""
        if self.source:
            return ""
        return f"https://github.com/gconv-lint/gconv-lint/blob/main/docs/rules/{self.code}.md"


class Finding(NamedTuple):
    """One report of one rule; ``fingerprint`` survives moved lines.

    ``evidence`` is what the layer there costs on a device, where that was asked for.

    ``plans`` say how the rule would mend it, one for each way in which the place is reached; ``fix`` is what came of
    them.
    """

    rule: RuleInfo
    message: str
    severity: Severity
    place: Place
    help: str = ""
    related: tuple[Related, ...] = ()
    facts: Mapping[str, Value] = {}
    fingerprint: str = ""
    plans: tuple[Plan, ...] = ()
    fix: Fix | None = None
    evidence: Evidence | None = None


def order(finding: Finding) -> tuple[Place, str]:
    """What findings are sorted by."""
    return finding.place, finding.rule.code
