"""``gconv-lint clean``: remove the cache of the current folder's project."""

from __future__ import annotations

import os
from collections.abc import Sequence

from gconv_lint import rulebook
from gconv_lint.commands.arguments import Parser
from gconv_lint.commands.flags import cache_folder
from gconv_lint.config import Configs, Flags
from gconv_lint.selection import SettingError
from gconv_lint.streams import write

#: Stands in the folders that a cache has made, so that no other folder is removed.
TAG = "CACHEDIR.TAG"


def parser() -> Parser:
    """The flags of ``clean``."""
    flags = Parser(prog="gconv-lint clean", description="Remove what earlier runs have remembered.")
    flags.add_argument("--cache-dir", metavar="FOLDER", help="where the cache is, if not where it is looked for")
    return flags


def run(words: Sequence[str]) -> int:
    """Remove the cache; none is as good as one that is removed."""
    options = parser().parse_args(list(words))
    values = {"cache-dir": options.cache_dir} if options.cache_dir else {}
    folder = cache_folder(Configs([os.curdir], rulebook.rules(), Flags(values=values)).main)
    if not os.path.isdir(folder):
        return 0
    if not os.path.isfile(os.path.join(folder, TAG)):
        raise SettingError(f"{folder}: is no cache of gconv-lint: it has no {TAG}")
    from shutil import rmtree

    try:
        rmtree(folder)
    except OSError as error:
        raise SettingError(f"{folder}: cannot be removed: {error.strerror}") from None
    write(f"Removed {folder}.\n")
    return 0
