"""The ``gconv-lint`` command: finds the sub-command, runs it and turns every ending into an exit code."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

from gconv_lint import __version__
from gconv_lint.streams import StreamError, complain, write

CLEAN, FAILED, INTERRUPTED = 0, 2, 130


def process() -> int:
    """The installed command: ``main`` in a process of its own, which ends before collecting garbage pays."""
    gc.disable()
    code = main()
    # Python looks through everything once more as it ends, unless it is told that all of it stays.
    gc.freeze()
    return code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: 0 is clean, 1 findings, 2 a usage, configuration or internal error."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except StreamError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("interrupted", INTERRUPTED)
    except Exception as error:
        from gconv_lint.model.failure import Failure

        if isinstance(error, Failure):
            return _fail(str(error))
        import traceback

        traceback.print_exc()
        where = "this is a bug in gconv-lint, please report it with the lines above"
        return _fail(f"internal error: {type(error).__name__}: {error}; {where}")


def _dispatch(words: list[str]) -> int:
    """Run the sub-command that the first word names, or ``check``."""
    if words == ["--version"]:
        write(f"gconv-lint {__version__}\n")
        return CLEAN
    from gconv_lint.commands import COMMANDS
    from gconv_lint.selection import SettingError

    named = words[:1] if words and words[0] in COMMANDS else []
    try:
        command = import_module(f"gconv_lint.commands.{named[0] if named else 'check'}")
        return int(command.run(words[len(named) :]))
    except SettingError as error:
        return _fail(str(error))


def _fail(message: str, code: int = FAILED) -> int:
    complain(message)
    return code
