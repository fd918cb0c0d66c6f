"""A bar on standard error for runs that take a while, where somebody watches."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

#: Seconds before the bar appears, and between its changes.
PATIENCE, INTERVAL = 1.0, 0.1
WIDTH = 30


class Progress:
    """Called with the share of the work that is done, 0 to 1; draws on terminals only and leaves nothing behind."""

    def __init__(self, *, wanted: bool = True) -> None:
        wanted = wanted and sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = time.monotonic() + PATIENCE if wanted else float("inf")
        self._drawn = False

    def __call__(self, done: float) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next, self._drawn = now + INTERVAL, True
        full = int(WIDTH * min(1.0, done))
        self._draw(f"gconv-lint: [{'#' * full}{'.' * (WIDTH - full)}] {100 * min(1.0, done):3.0f} %")

    def _draw(self, text: str) -> None:
        try:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
        except (OSError, ValueError):
            self._next = float("inf")  # nobody watches any more

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._drawn:
            self._draw("")
