"""Markdown tables of results, with the day and the Python they were measured with."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

import gconv_lint

RESULTS = Path(__file__).resolve().parent / "results"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def publish(name: str, title: str, *parts: str) -> None:
    """Print a page and write it to ``results``."""
    python = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}"
    when = f"Measured on {datetime.date.today()} with gconv-lint {gconv_lint.__version__}, {python}."
    page = "\n\n".join([f"# {title}", when, *parts]) + "\n"
    print(page)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / name).write_text(page, encoding="utf-8")
