"""What the child process does to itself before it runs code under test: limits, no network, a note of how it ends."""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, TextIO

from gconv_lint.frontends.fx.faults import Fault, causes, is_users

#: Audit events by which Python's own network modules ask for something outside.
_NETWORK = frozenset(("socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"))


class Refused(OSError):
    """The code under test asked for something outside of this machine."""


class Outside:
    """The first time that the network was asked for: a line of the user's code, and what was asked."""

    def __init__(self) -> None:
        self.asked: tuple[str, tuple[str, int] | None] | None = None

    def refuse(self) -> None:
        """Let no name of another machine be looked up from now on."""
        sys.addaudithook(self._event)

    def explained(self, fault: Fault) -> Fault:
        """The fault, which says so where it comes from the missing network."""
        if self.asked is None:
            return fault
        what, place = self.asked
        if any(isinstance(error, Refused) for error in causes(fault)):
            return Fault(f"it needs a download from {what}, and there is no network while it is linted", place)
        return Fault(
            f"{fault.message}; before, it asked for {what}, and there is no network while it is linted", fault.place
        )

    def _event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NETWORK:
            self.asked = self.asked or (str(arguments[0]), caller())
            raise Refused(f"there is no network while a model is linted, and it asks for {arguments[0]}")


def caller() -> tuple[str, int] | None:
    """The innermost line of the user's own code that is running."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else None


def silence() -> None:
    """What the code under test prints goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def watch(seconds: float, trace: TextIO) -> None:
    """Leave a traceback in ``trace`` when the process crashes, and end it with one when the time is up."""
    faulthandler.enable(file=trace)
    faulthandler.dump_traceback_later(seconds, exit=True, file=trace)


def limit(memory: int) -> None:
    """Let the process take ``memory`` bytes of address space more than it has, where the system knows such limits."""
    try:
        import resource

        with open("/proc/self/statm") as statm:
            taken = int(statm.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = taken + memory
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))
    except (ImportError, OSError, ValueError):
        return


def note_exit(tell: Callable[[int, tuple[str, int] | None], None]) -> Callable[[int], NoReturn]:
    """Call ``tell`` before ``os._exit`` ends the process; gives the ``_exit`` that does not."""
    leave = os._exit

    def told(status: int) -> NoReturn:
        tell(status, caller())
        leave(status)

    os._exit = told
    return leave
