"""Floor 3: the rules, as linting uses them (``rules``) and as files that are read, checked and compiled."""

from __future__ import annotations

from functools import cache
from typing import Any

from gconv_lint.model.findings import RuleInfo, Severity
from gconv_lint.model.fixes import Applicability, Recipe
from gconv_lint.rulebook.rule import Rule

__all__ = ["Rule", "rules"]


@cache
def rules() -> tuple[Rule, ...]:
    """The rules that gconv-lint comes with, by code; reads no YAML."""
    from gconv_lint.rulebook.compiled import RULES

    return tuple(_rule(*row) for row in RULES)


def _rule(
    code: str, name: str, severity: str, category: str, default: bool, summary: str, match: tuple[str, ...], *rest: Any
) -> Rule:
    when, message, help_, raises, strict, options, preview, recipe = rest
    info = RuleInfo(
        code=code,
        name=name,
        severity=Severity(severity),
        category=category,
        default=default,
        summary=summary,
        preview=preview,
    )
    return Rule(
        info=info,
        match=match,
        when=when,
        message=message,
        help=help_,
        raises=raises,
        strict=Severity(strict) if strict else None,
        options=dict(options),
        recipe=_recipe(*recipe) if recipe else None,
    )


def _recipe(action: str, arguments: tuple[tuple[str, str], ...], applicability: str, title: str) -> Recipe:
    return Recipe(action, dict(arguments), Applicability(applicability), title)
