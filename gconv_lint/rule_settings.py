"""Checks what ``[tool.gconv-lint.rules]`` sets for each rule: its severity and its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gconv_lint.model.findings import Severity
from gconv_lint.rulebook import Rule
from gconv_lint.selection import SettingError
from gconv_lint.settings import not_allowed, unknown_key
from gconv_lint.words import nearest

#: The options that a rule's table sets, and the severity.
RuleSettings = tuple[dict[str, Any], Severity | None]


def read(where: str, tables: Mapping[str, object], rules: Sequence[Rule]) -> dict[str, RuleSettings]:
    """What each table sets, by the code of its rule.

    Raises ``SettingError`` for a rule, an option or a value that does not exist.
    """
    by_word = {word: rule for rule in rules for word in (rule.info.code, rule.info.name)}
    checked = {}
    for word, table in tables.items():
        if word not in by_word:
            raise SettingError(f"{where}: no rule is called `{word}`{nearest(word, by_word)}")
        if not isinstance(table, dict):
            raise SettingError(not_allowed(where, word, table, f"a table: [tool.gconv-lint.rules.{word}]"))
        checked[by_word[word].info.code] = _table(f"{where}.{word}", table, by_word[word])
    return checked


def _table(where: str, table: Mapping[str, object], rule: Rule) -> RuleSettings:
    values: dict[str, Any] = {}
    severity = None
    for key, value in table.items():
        name = key.replace("-", "_")
        if key == "severity":
            severity = Severity(_one_of(where, key, value, [each.value for each in Severity]))
        elif name in rule.options:
            values[name] = _option(where, key, value, rule)
        else:
            known = [option.replace("_", "-") for option in rule.options]
            raise SettingError(unknown_key(where, key, [*known, "severity"]))
    return values, severity


def _one_of(where: str, key: str, value: object, words: Sequence[str]) -> str:
    if isinstance(value, str) and value in words:
        return value
    allowed = "one of " + ", ".join(f'"{word}"' for word in words)
    close = nearest(value, words) if isinstance(value, str) else ""
    raise SettingError(not_allowed(where, key, value, allowed) + close)


def _option(where: str, key: str, value: object, rule: Rule) -> object:
    """A word where the rule's condition compares the option with words; else a number above 0."""
    words = _words(rule.when, key.replace("-", "_"))
    if words:
        return _one_of(where, key, value, words)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise SettingError(not_allowed(where, key, value, "a number above 0"))
    return value


def _words(condition: str, option: str) -> list[str]:
    """The strings that ``condition`` compares ``option`` with."""
    import ast

    comparisons = [node for node in ast.walk(ast.parse(condition, mode="eval")) if isinstance(node, ast.Compare)]
    found: dict[str, None] = {}
    for comparison in comparisons:
        parts = list(ast.walk(comparison))
        if any(isinstance(part, ast.Name) and part.id == option for part in parts):
            texts = (part.value for part in parts if isinstance(part, ast.Constant))
            found.update(dict.fromkeys(text for text in texts if isinstance(text, str)))
    return list(found)
