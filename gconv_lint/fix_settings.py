"""Which fixes a run may apply, which rules' fixes it offers, and which of them count as safe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.model.findings import Finding
from gconv_lint.model.fixes import Applicability
from gconv_lint.rulebook import Rule
from gconv_lint.selection import ALL, codes

#: The key of each list of selectors, with what holds where it is not set.
_LISTS = {
    "fixable": (ALL,),
    "extend-fixable": (),
    "unfixable": (),
    "extend-safe-fixes": (),
    "extend-unsafe-fixes": (),
}


class Fixing(NamedTuple):
    """Codes of rules whose fixes are offered, and of those that the user holds for safe or unsafe."""

    unsafe: bool = False
    fixable: frozenset[str] | None = None
    safe: frozenset[str] = frozenset()
    not_safe: frozenset[str] = frozenset()

    def graded(self, finding: Finding) -> Finding:
        """The finding with the fix that the settings leave it, as safe as they take it for."""
        code, fix = finding.rule.code, finding.fix
        if fix is None or (self.fixable is not None and code not in self.fixable):
            return finding._replace(fix=None)
        changed = fix.applicability
        if changed is Applicability.DISPLAY:
            return finding
        if code in self.not_safe:
            changed = Applicability.UNSAFE
        elif code in self.safe:
            changed = Applicability.SAFE
        return finding._replace(fix=fix._replace(applicability=changed))

    def applies(self, finding: Finding) -> bool:
        """Whether the fix of a graded finding may be applied."""
        return finding.fix is not None and finding.fix.applies(unsafe=self.unsafe)


def read(where: str, values: Mapping[str, Any], rules: Sequence[Rule]) -> Fixing:
    """The settings of fixes among ``values``. Raises ``SettingError`` for a selector that stands for no rule."""
    infos = [rule.info for rule in rules]
    chosen = {
        key: codes(f"{where or 'command line'}: {key}", values.get(key, default), infos)
        for key, default in _LISTS.items()
    }
    return Fixing(
        unsafe=bool(values.get("unsafe-fixes")),
        fixable=(chosen["fixable"] | chosen["extend-fixable"]) - chosen["unfixable"],
        safe=chosen["extend-safe-fixes"],
        not_safe=chosen["extend-unsafe-fixes"],
    )
