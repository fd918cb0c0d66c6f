"""What a run is asked for: settings, rules, and whether comments count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from gconv_lint import rulebook
from gconv_lint.config import Config
from gconv_lint.rulebook import Rule

#: Told the share of the work that is done, 0 to 1.
Watch = Callable[[float], None]


def nobody(_: float) -> None:
    """Watches no progress."""


class Settings(Protocol):
    """The settings of a run as a whole, and those of each file in it."""

    @property
    def main(self) -> Config: ...

    def of(self, path: str) -> Config: ...

    def excludes(self, path: str) -> bool: ...


class Request(NamedTuple):
    """By which settings and rules a run judges; without ``silence`` comments wave nothing through."""

    settings: Settings
    rules: Sequence[Rule]
    silence: bool = True

    def hears(self, data: bytes) -> bool:
        """Whether a file with this content may have comments that count."""
        from gconv_lint.comments import may_speak  # not needed where all is remembered

        return self.silence and may_speak(data)


def requested(settings: Settings, *, silence: bool = True) -> Request:
    """A run with the rules of its settings, or those that gconv-lint comes with."""
    return Request(settings, settings.main.rules or rulebook.rules(), silence)
