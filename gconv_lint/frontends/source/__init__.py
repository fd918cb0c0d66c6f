"""The source front end: Python text to layers, graphs and constructs by static evaluation; runs no user code.

Its evaluator is loaded when somebody asks for it: a run that finds everything in the cache does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gconv_lint.frontends.source.analysis import Analysis, analyse, linked, scan_files

__all__ = ["Analysis", "analyse", "linked", "scan_files"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gconv_lint.frontends.source import analysis

    return getattr(analysis, name)
