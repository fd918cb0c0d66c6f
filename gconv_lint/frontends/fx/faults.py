"""What went wrong in the code under test, in one sentence with the line that it went wrong at."""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Iterator

#: Libraries whose lines say nothing about the code under test.
_PATHS = sysconfig.get_paths()
STANDARD = tuple({_PATHS["stdlib"], _PATHS["platstdlib"]})
INSTALLED = tuple({_PATHS["purelib"], _PATHS["platlib"]})
OWN = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
MOST = 300
#: Where an object lies says nothing, and differs from run to run.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_HIGHER = re.compile(r"There was no rule registered for HigherOrderOperator (\w+)")


class Fault(Exception):
    """Something that ends the work on a target: a sentence, and where it happened."""

    def __init__(self, message: str, place: tuple[str, int] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def is_users(path: str) -> bool:
    """Whether a file is neither ours nor installed, as far as its path tells."""
    return not path.startswith((*STANDARD, OWN, "<")) and not is_installed(path)


def is_installed(path: str) -> bool:
    """Whether a file is part of an installed package."""
    return path.startswith(INSTALLED) or "site-packages" in path or "dist-packages" in path


def where(error: BaseException) -> tuple[str, int] | None:
    """The innermost line of the user's own code that an error passed, or else that of a library other than torch."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 1
    spots = list(_spots(error))[::-1]
    libraries = (spot for spot in spots if is_installed(spot[0]) and not is_torch(spot[0]))
    return next((spot for spot in spots if is_users(spot[0])), next(libraries, None))


def _spots(error: BaseException) -> Iterator[tuple[str, int]]:
    """The lines that an error passed, outermost first."""
    passed = error.__traceback__
    while passed is not None:
        yield passed.tb_frame.f_code.co_filename, passed.tb_lineno or 1
        passed = passed.tb_next


def is_torch(path: str) -> bool:
    """Whether a file is a part of torch, whose lines say least."""
    return f"-packages{os.sep}torch{os.sep}" in path


def sentence(error: BaseException) -> str:
    """``ValueError: what it says``, on one line."""
    if isinstance(error, SystemExit):
        return f"it calls sys.exit({'' if error.code is None else repr(error.code)})"
    if isinstance(error, MemoryError):
        return "MemoryError: it needs more memory than --memory allows"
    text = _ADDRESS.sub("", " ".join(_said(error).split()))
    higher = _HIGHER.search(text)
    if higher is not None:
        text = f"`{higher[1]}`, which runs functions that it is given, is not followed"
    if "DefaultCPUAllocator" in text or "can't allocate memory" in text:
        text = f"it needs more memory than --memory allows ({text})"
    name = type(error).__name__
    return f"{name}: {text[:MOST]}" if text else name


def _said(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)
    except Exception:  # the error is the user's class too
        return ""


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those behind it."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def needs_values(error: BaseException) -> bool:
    """Whether an error says that tensors without values are not enough."""
    said = _said(error)
    checked = "cond must be a bool, but got a Tensor" in said  # of tensors without values, under `torch.jit.trace`
    return checked or "meta" in said.lower() or isinstance(error, NotImplementedError)


def crashed(trace: str) -> tuple[str, int] | None:
    """The innermost line of the user's own code in a traceback that faulthandler wrote."""
    spots: list[tuple[str, int]] = []
    for line in trace.splitlines():
        head, _, rest = line.strip().partition('File "')
        path, _, rest = rest.rpartition('", line ')
        number = rest.split(" ")[0]
        if not head and number.isdecimal():
            spots.append((path, int(number)))
    return next((spot for spot in spots if is_users(spot[0])), None)
