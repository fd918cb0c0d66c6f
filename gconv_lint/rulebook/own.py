"""Rules that users bring: the files that ``extend-rules`` names, which hold data and no code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gconv_lint.rulebook.document import RuleDocument
from gconv_lint.rulebook.load import load_file
from gconv_lint.rulebook.rule import Rule
from gconv_lint.rulebook.schema import RuleError


def documents(paths: Sequence[str]) -> list[RuleDocument]:
    """The rules in files and folders, by the order of their files.

    Raises ``RuleError`` for a path without a rule, and a file that cannot be used.
    """
    found = []
    for path in map(Path, paths):
        files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")]) if path.is_dir() else [path]
        if not files or not all(file.is_file() for file in files):
            raise RuleError(f"{path}: has no rule: allowed is a YAML file, or a folder with some")
        for file in files:
            document = load_file(file)
            info = document.rule.info._replace(source=str(file.resolve()))
            found.append(replace(document, rule=document.rule._replace(info=info)))
    return found


def extended(rules: Sequence[Rule], more: Sequence[Rule]) -> tuple[Rule, ...]:
    """Both, by code. Raises ``RuleError`` where two have one code or name."""
    words: dict[str, Rule] = {}
    for rule in (*rules, *more):
        for word in (rule.info.code, rule.info.name):
            other = words.setdefault(word, rule)
            if other is not rule:
                where = rule.info.source or rule.info.code
                raise RuleError(f"{where}: `{word}` is already a rule, {other.info.code} {other.info.name}")
    return tuple(sorted((*rules, *more), key=lambda rule: rule.info.code))
