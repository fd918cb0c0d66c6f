"""The flags of ``check`` about fixes; what they do is in ``fixing``, which most runs need not import."""

from __future__ import annotations

from argparse import Namespace

from gconv_lint.commands.arguments import Parser, comma_list
from gconv_lint.commands.flags import SWITCH
from gconv_lint.config import Config
from gconv_lint.selection import SettingError


def add(flags: Parser) -> None:
    """The flags that say which fixes are applied, and what is printed of them."""
    flags.add_argument("--fix", **SWITCH, help="apply the fixes that are safe")
    flags.add_argument("--unsafe-fixes", **SWITCH, help="count the others in")
    flags.add_argument("--diff", action="store_true", help="print what --fix would change; exit with 1 if it would")
    flags.add_argument("--fix-only", **SWITCH, help="fix, and report nothing that is left")
    flags.add_argument("--show-fixes", **SWITCH, help="list what was fixed")
    flags.add_argument("--exit-non-zero-on-fix", action="store_true", help="exit with 1 also when all was fixed")
    for name, text in _SELECTORS.items():
        flags.add_argument(f"--{name}", type=comma_list, action="extend", metavar="RULES", help=text)


_SELECTORS = {
    "fixable": "rules whose fixes are offered",
    "extend-fixable": "more rules whose fixes are offered",
    "unfixable": "rules whose fixes are not",
    "extend-safe-fixes": "rules whose fixes count as safe",
    "extend-unsafe-fixes": "rules whose fixes count as unsafe",
}


def wanted(options: Namespace, settings: Config) -> bool:
    """Whether files are to be fixed, or differences to be shown.

    Raises ``SettingError`` where the flags ask also for what writes findings down.
    """
    for name in ("add_noqa", "write_baseline"):
        if getattr(options, name) is not None:
            if options.fix or options.fix_only or options.diff:
                raise SettingError(f"--{name.replace('_', '-')} writes findings down: run it without fixes")
            return False
    return options.diff or bool(settings.values.get("fix")) or bool(settings.values.get("fix-only"))
