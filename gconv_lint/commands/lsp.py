"""``gconv-lint lsp``: a language server for editors, on standard input and output."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence

from gconv_lint.commands.arguments import Parser
from gconv_lint.selection import SettingError
from gconv_lint.streams import complain

MISSING = "the language server is built with pygls, which is not installed here; `pip install 'gconv-lint[lsp]'` does"


def parser() -> Parser:
    """The flags of ``lsp``: editors set nothing, the configuration files of a project count."""
    flags = Parser(
        prog="gconv-lint lsp",
        description="Serve an editor over standard input and output (Language Server Protocol).",
    )
    flags.add_argument("--stdio", action="store_true", help="what editors may add; there is no other way")
    return flags


def run(words: Sequence[str]) -> int:
    """Serve until the editor leaves. Raises ``SettingError`` where pygls or a stream is missing."""
    parser().parse_args(list(words))
    if sys.stdin is None or sys.stdout is None:
        raise SettingError("the language server talks over standard input and output, one of which is closed")
    try:
        from gconv_lint.lsp.server import create
    except ModuleNotFoundError as error:
        if error.name not in ("pygls", "lsprotocol"):
            raise
        raise SettingError(MISSING) from None
    signal.signal(signal.SIGINT, _stop)
    gc.enable()  # other commands end before collecting pays
    create().start_io()
    return 0


def _stop(number: int, _: object) -> None:
    """End at once: a thread that waits for input would keep Python from ending."""
    complain("interrupted")
    os._exit(128 + number)
