"""Processes that work beside this one, and end with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

from gconv_lint.model.failure import Failure

Answer = TypeVar("Answer")
LOST = "a process that shared the work was killed or had no memory left; fewer `--jobs` need less"


class Workers:
    """``count`` processes; forked where that can be done, as starting Python anew costs more than most units.

    Raises ``Failure`` at its end when one of them is lost.
    """

    def __init__(self, count: int) -> None:
        how = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(how)
        self._pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin)

    def ask(self, work: Callable[..., Answer], *args: Any, **kwargs: Any) -> Future[Answer]:
        """Have some process call a function; what it is given and gives back is copied."""
        return self._pool.submit(work, *args, **kwargs)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if error is not None:
            for process in list(getattr(self._pool, "_processes", None) or {}):
                self._pool._processes[process].terminate()
        self._pool.shutdown(wait=error is None, cancel_futures=error is not None)
        if isinstance(error, (BrokenExecutor, MemoryError)):
            raise Failure(LOST) from None


def _begin() -> None:
    """Ctrl-C is for the process that asked; when that one is gone, whatever ended it, nobody waits for this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
