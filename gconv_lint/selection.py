"""Which rules a run uses: selectors such as ``GC1``, ``ALL``, a code or a name, the most specific one deciding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gconv_lint.model.findings import RuleInfo
from gconv_lint.words import nearest

ALL = "ALL"


class SettingError(ValueError):
    """A flag, key or selector that cannot be used; the message is one clear sentence."""


class Choice(NamedTuple):
    """The selectors of one source of settings; ``select`` is ``None`` where it keeps what was chosen before."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def verdicts(self) -> Iterator[tuple[str, bool]]:
        """Each selector with whether it switches rules on; ``ignore`` comes last, so that it wins a tie."""
        for selector in (*(self.select or ()), *self.extend_select):
            yield selector, True
        for selector in self.ignore:
            yield selector, False


def expand(selector: str, rules: Sequence[RuleInfo]) -> frozenset[str]:
    """The codes that a selector stands for.

    Raises ``SettingError`` when it is no rule's code, name or prefix of a code.
    """
    if selector == ALL:
        return frozenset(rule.code for rule in rules)
    codes = frozenset(rule.code for rule in rules if selector == rule.name or rule.code.startswith(selector))
    if not selector or not codes:
        prefixes = {rule.code[: len(selector) or None] for rule in rules}
        words = (ALL, *(rule.name for rule in rules), *sorted(prefixes), *(rule.code for rule in rules))
        raise SettingError(
            f"no rule is selected by `{selector}`{nearest(selector, words)}; allowed are codes such as GC002, "
            f"prefixes such as GC1, names of rules, and {ALL}"
        )
    return codes


def codes(where: str, selectors: Iterable[str], rules: Sequence[RuleInfo]) -> frozenset[str]:
    """The codes that some selectors stand for. Raises ``SettingError`` as ``expand`` does, with ``where`` in front."""
    try:
        return frozenset[str]().union(*(expand(selector, rules) for selector in selectors))
    except SettingError as error:
        raise SettingError(f"{where}: {error}") from None


def _weight(selector: str, rules: Sequence[RuleInfo]) -> int:
    """How specific a selector is: ``ALL`` least, then ever longer prefixes, then a code or a name."""
    if selector == ALL:
        return 0
    return max((len(rule.code) for rule in rules if rule.name == selector), default=len(selector))


def chosen(rules: Sequence[RuleInfo], choices: Iterable[Choice]) -> frozenset[str]:
    """The codes that are on after each choice in turn; a later ``select`` starts afresh, as in ruff."""
    active = frozenset(rule.code for rule in rules if rule.default)
    for choice in choices:
        verdicts: dict[str, bool] = {}
        for selector, on in sorted(choice.verdicts(), key=lambda verdict: _weight(verdict[0], rules)):
            verdicts.update(dict.fromkeys(expand(selector, rules), on))
        on_codes = {code for code, on in verdicts.items() if on}
        active = frozenset(on_codes if choice.select is not None else (active - verdicts.keys()) | on_codes)
    return active
