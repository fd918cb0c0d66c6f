"""``gconv-lint rule``: explain one rule, or all of them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from gconv_lint.commands.arguments import Parser
from gconv_lint.reporters.rule_page import as_data, markdown
from gconv_lint.rulebook.document import RuleDocument
from gconv_lint.rulebook.load import builtin_folder, load_folder
from gconv_lint.selection import SettingError
from gconv_lint.streams import write
from gconv_lint.words import nearest

FORMATS = ("markdown", "json")


def parser() -> Parser:
    """The flags of ``rule``."""
    flags = Parser(
        prog="gconv-lint rule",
        description="Explain a rule: what it finds, why that matters, and what it leaves alone.",
    )
    flags.add_argument("rule", nargs="?", metavar="CODE | NAME", help="the rule, such as GC002")
    flags.add_argument("--all", action="store_true", help="explain every rule")
    flags.add_argument("--output-format", default="markdown", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    return flags


def run(words: Sequence[str]) -> int:
    """Print the page of each wanted rule."""
    options = parser().parse_args(list(words))
    wanted = _wanted(options, load_folder(builtin_folder()))
    if options.output_format == "json":
        write(_as_json(wanted, several=options.all))
    elif options.output_format == "markdown":
        write("\n".join(map(markdown, wanted)))
    else:
        allowed = f"{nearest(options.output_format, FORMATS)}; allowed is {' or '.join(FORMATS)}"
        raise SettingError(f"--output-format cannot be `{options.output_format}`{allowed}")
    return 0


def _wanted(options: Namespace, documents: Sequence[RuleDocument]) -> list[RuleDocument]:
    if options.all is (options.rule is not None):
        raise SettingError("give either the code or name of one rule, or --all")
    if options.all:
        return list(documents)
    words = {word: document for document in documents for word in (document.rule.info.code, document.rule.info.name)}
    if options.rule not in words:
        raise SettingError(f"no rule is called `{options.rule}`{nearest(options.rule, words)}")
    return [words[options.rule]]


def _as_json(documents: Sequence[RuleDocument], *, several: bool) -> str:
    import json

    items = [as_data(document) for document in documents]
    return json.dumps(items if several else items[0], indent=2) + "\n"
