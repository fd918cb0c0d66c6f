"""``gconv-lint rule``: explain rules, run the examples of rule files, begin a new one."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from gconv_lint import rule_tests, rulebook
from gconv_lint.commands.arguments import Parser
from gconv_lint.config import Configs
from gconv_lint.reporters.rule_page import as_data, markdown
from gconv_lint.reporters.text import count
from gconv_lint.rulebook import own, scaffold
from gconv_lint.rulebook.document import RuleDocument
from gconv_lint.rulebook.load import builtin_folder, document_of, load_folder
from gconv_lint.rulebook.schema import RuleError
from gconv_lint.selection import SettingError
from gconv_lint.streams import write
from gconv_lint.words import nearest

FORMATS = ("markdown", "json")
#: More rules than this are not named for one word.
MOST_NAMED = 12
#: Where new rules go when the settings name no folder.
DEFAULT_FOLDER = "lint_rules"


def parser() -> Parser:
    """The flags of ``rule``."""
    flags = Parser(
        prog="gconv-lint rule",
        description="Explain a rule: what it finds, why that matters, and what it leaves alone.",
    )
    flags.add_argument("rule", nargs="?", metavar="CODE | NAME", help="the rule, such as GC002")
    flags.add_argument("--all", action="store_true", help="explain every rule")
    flags.add_argument("--test", metavar="PATH", help="run the examples in rule files, or in a folder of them")
    flags.add_argument("--new", metavar="NAME", help="write a rule file of your own, to be changed from there")
    flags.add_argument("--output-format", default="markdown", metavar="FORMAT", help=f"one of {', '.join(FORMATS)}")
    return flags


def run(words: Sequence[str]) -> int:
    """Print the page of each wanted rule."""
    options = parser().parse_args(list(words))
    try:
        return _run(options)
    except RuleError as error:
        raise SettingError(str(error).partition("\n")[0]) from None


def _run(options: Namespace) -> int:
    if options.test is not None:
        return _test(options.test)
    if options.new is not None:
        return _new(options.new)
    wanted = _wanted(options, [*load_folder(builtin_folder()), *_own()])
    if options.output_format == "json":
        write(_as_json(wanted, several=options.all))
    elif options.output_format == "markdown":
        write("\n".join(map(markdown, wanted)))
    else:
        allowed = f"{nearest(options.output_format, FORMATS)}; allowed is {' or '.join(FORMATS)}"
        raise SettingError(f"--output-format cannot be `{options.output_format}`{allowed}")
    return 0


def _own() -> list[RuleDocument]:
    """The rules that the settings of the current folder bring."""
    rules = Configs([os.curdir], rulebook.rules()).main.rules
    return [document_of(rule.info) for rule in rules if rule.info.source]


def _test(path: str) -> int:
    """Run examples: 0 when all of them report what they say, else 1."""
    documents = own.documents([path])
    codes = {document.rule.info.code for document in documents}
    others = [rule for rule in rulebook.rules() if rule.info.code not in codes]
    rules = own.extended(others, [document.rule for document in documents])
    ran, wrong = 0, 0
    for document in documents:
        for result in rule_tests.results(document, rules):
            ran += 1
            if result.complaint:
                wrong += 1
                name = f"{document.rule.info.code} {result.kind} example `{result.example.name}`"
                write(f"{name}: {result.complaint}\n")
    write(f"{count(ran, 'example')} of {count(len(documents), 'rule')}, {wrong} wrong.\n")
    return 1 if wrong else 0


def _new(name: str) -> int:
    main = Configs([os.curdir], rulebook.rules()).main
    folders = list(main.values.get("extend-rules", ()))
    folder = Path(folders[0] if folders else DEFAULT_FOLDER)
    beside = own.documents([str(folder)]) if not folders and any(folder.glob("*.y*ml")) else []
    rules = [*main.rules, *(document.rule for document in beside)]
    path = scaffold.create(name, folder, {rule.info.name: rule.info.code for rule in rules})
    write(f"Wrote {path}. `gconv-lint rule --test {path}` runs its examples.\n")
    if not folders:
        write(f'To use it, set `extend-rules = ["{DEFAULT_FOLDER}"]`.\n')
    return 0


def _wanted(options: Namespace, documents: Sequence[RuleDocument]) -> list[RuleDocument]:
    if options.all is (options.rule is not None):
        raise SettingError("give either the code or name of one rule, or --all")
    if options.all:
        return list(documents)
    words = {word: document for document in documents for word in (document.rule.info.code, document.rule.info.name)}
    if options.rule not in words:
        raise SettingError(f"no rule is called `{options.rule}`{_meant(options.rule, words)}")
    return [words[options.rule]]


def _meant(word: str, words: Iterable[str]) -> str:
    """What an unknown word could mean: the codes and names that begin with it, else the nearest."""
    begun = [each for each in words if word and each.casefold().startswith(word.casefold())]
    if not begun or begun[0].casefold() == word.casefold():
        return nearest(word, words)
    more = f" and {len(begun) - MOST_NAMED} more" if len(begun) > MOST_NAMED else ""
    return f"; it could mean {', '.join(begun[:MOST_NAMED])}{more}"


def _as_json(documents: Sequence[RuleDocument], *, several: bool) -> str:
    import json

    items = [as_data(document) for document in documents]
    return json.dumps(items if several else items[0], indent=2) + "\n"
