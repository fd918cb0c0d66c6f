"""The flags of ``check`` about fixes; what they do is in ``fixing``, which most runs need not import."""

from __future__ import annotations

from argparse import Namespace

from gconv_lint.commands.arguments import Parser, comma_list
from gconv_lint.config import Config


def add(flags: Parser) -> None:
    """The flags that say which fixes are applied, and what is printed of them."""
    flags.add_argument("--fix", action="store_true", default=None, help="apply the fixes that are safe")
    flags.add_argument("--unsafe-fixes", action="store_true", default=None, help="count the others in")
    flags.add_argument("--diff", action="store_true", help="print what --fix would change; exit with 1 if it would")
    flags.add_argument("--fix-only", action="store_true", default=None, help="fix, and report nothing that is left")
    flags.add_argument("--show-fixes", action="store_true", default=None, help="list what was fixed")
    flags.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 also when all was fixed")
    for name, text in _SELECTORS.items():
        flags.add_argument(f"--{name}", type=comma_list, action="extend", metavar="RULES", help=text)


_SELECTORS = {
    "fixable": "rules whose fixes are offered",
    "unfixable": "rules whose fixes are not",
    "extend-safe-fixes": "rules whose fixes count as safe",
    "extend-unsafe-fixes": "rules whose fixes count as unsafe",
}


def wanted(options: Namespace, settings: Config) -> bool:
    """Whether files are to be fixed, or differences to be shown."""
    return options.diff or bool(settings.values.get("fix")) or bool(settings.values.get("fix-only"))
