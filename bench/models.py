"""Builds models of a package and runs them without data, in a child process that can import torch.

Each line on standard input is a job: a folder with a package in it, a module, the names of its factories, and a line of
a file. The answer to each is the first factory that reaches the line, and how that ended.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

#: What the answer says of a model that was built and run.
RUNS = ""


class Ran(NamedTuple):
    """The factory that reached the line, empty if none did, and what its model raised, empty if nothing."""

    factory: str
    raised: str


class Models:
    """The child process; jobs are answered one at a time."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "bench.models"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, module: str, factories: Sequence[str], file: Path, line: int) -> Ran:
        """Build and run models of a module until one reaches a line of a file; with line 0, the first."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(json.dumps([str(folder), module, list(factories), str(file), line]) + "\n")
        self._child.stdin.flush()
        return Ran(*json.loads(self._child.stdout.readline()))

    def close(self) -> None:
        """End the child process."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait()


def _answer(folder: str, module: str, factories: Sequence[str], file: str, line: int) -> Ran:
    package = module.partition(".")[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        names = vars(importlib.import_module(module))
    except Exception as error:
        return Ran("", f"{type(error).__name__}: {error}")
    finally:
        sys.path.remove(folder)
    for factory in factories:
        reached, raised = _watched(names[factory], file, line)
        if reached:
            return Ran(factory, raised)
    return Ran("", RUNS)


def _watched(factory: Callable[..., Any], file: str, line: int) -> tuple[bool, str]:
    """Whether building and running a model reaches a line, and what it raises."""
    reached = not line

    def watch(frame: FrameType, event: str, _: object) -> Any:
        nonlocal reached
        if frame.f_code.co_filename != file:
            return None
        reached = reached or (event == "line" and frame.f_lineno == line)
        return None if reached else watch

    sys.settrace(watch)
    try:
        _run(factory)
    except Exception as error:
        return reached, f"{type(error).__name__}: {error}"
    finally:
        sys.settrace(None)
    return reached, RUNS


def _run(factory: Callable[..., Any]) -> None:
    """Build a model and run it, on torch's device without data."""
    import torch

    with torch.device("meta"), torch.no_grad():
        model = factory().eval()
        model(torch.empty(2, getattr(model, "in_channels", 3), *getattr(model, "in_size", (224, 224))))


def _serve() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr
    for text in sys.stdin:
        print(json.dumps(_answer(*json.loads(text))), file=answers, flush=True)


if __name__ == "__main__":
    _serve()
