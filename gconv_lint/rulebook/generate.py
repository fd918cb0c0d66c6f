"""``python -m gconv_lint.rulebook.generate [--check]`` writes compiled.py, the rules as linting imports them."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gconv_lint.model.fixes import Recipe
from gconv_lint.rulebook.load import builtin_folder, load_folder
from gconv_lint.rulebook.rule import Rule

TARGET = Path(__file__).with_name("compiled.py")
HEADER = '''"""The rules of rules/*.yaml, written by ``python -m gconv_lint.rulebook.generate``."""

from typing import Any

# Constants only: Python keeps them ready-made in its bytecode cache, so that this loads in well under a millisecond.
RULES: tuple[tuple[Any, ...], ...] = (
'''


def compiled(rules: Iterable[Rule]) -> str:
    """The text of compiled.py for ``rules``."""
    return HEADER + "".join(f"    {_row(rule)},\n" for rule in rules) + ")\n"


def _row(rule: Rule) -> str:
    info = rule.info
    identity = (info.code, info.name, info.severity.value, info.category, info.default, info.summary)
    strict = rule.strict.value if rule.strict else ""
    judgement = (rule.match, rule.when, rule.message, rule.help, rule.raises, strict, tuple(rule.options.items()))
    return repr((*identity, *judgement, info.preview, _recipe(rule.recipe)))


def _recipe(recipe: Recipe | None) -> tuple[Any, ...]:
    if recipe is None:
        return ()
    return recipe.action, tuple(recipe.arguments.items()), recipe.applicability.value, recipe.title


def main(arguments: list[str]) -> int:
    """Write compiled.py; with ``--check``, say whether it is in step with the rule files."""
    text = compiled(document.rule for document in load_folder(builtin_folder()))
    in_step = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
    if "--check" in arguments:
        if not in_step:
            print(f"{TARGET.name} is not in step with the rule files: run python -m gconv_lint.rulebook.generate")
        return 0 if in_step else 1
    if not in_step:
        TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
