"""Starts the child process that runs the user's code, and tells its endings apart; needs no torch."""

from __future__ import annotations

import json
import marshal
import os
import signal
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gconv_lint.frontends.fx.faults import crashed
from gconv_lint.model.targets import Limits, Target

#: Seconds that starting Python and importing torch may take on a busy machine.
STARTING = 120.0
#: Seconds above which a time limit is none.
LONGEST = 1e6
#: Loads this very package, wherever another one of its name may be, and nothing from the current folder.
_BOOT = """
import sys
from importlib import util
del sys.path[0]
spec = util.spec_from_file_location("gconv_lint", sys.argv.pop(1))
sys.modules["gconv_lint"] = module = util.module_from_spec(spec)
spec.loader.exec_module(module)
from gconv_lint.frontends.fx.child import main
main()
"""
_PACKAGE = Path(__file__).resolve().parent.parent.parent / "__init__.py"

Answer = Mapping[str, Any]


class MissingTorch(Exception):
    """There is no torch that could run models."""


def ask(targets: Sequence[Target], limits: Limits) -> list[Answer]:
    """What a fresh interpreter sees of each target; a fault where it ended early. Raises ``MissingTorch``."""
    if find_spec("torch") is None:
        raise MissingTorch
    if not hasattr(os, "fork"):
        return [answer for target in targets for answer in _asked([target], limits)]
    return _asked(targets, limits)


def _asked(targets: Sequence[Target], limits: Limits) -> list[Answer]:
    with tempfile.TemporaryDirectory(prefix="gconv-lint-") as top:
        folders = [Path(top) / str(number) for number in range(len(targets))]
        for folder, target in zip(folders, targets, strict=True):
            folder.mkdir()
            (folder / "request.json").write_text(json.dumps(_request(target, limits)), encoding="utf-8")
        answers: list[Answer] = []
        while len(answers) < len(folders):
            rest = folders[len(answers) :]
            code, said = _run(rest, limits)
            if "import torch" in said:
                raise MissingTorch
            answers += [_answer(folder, code, said, limits) for folder in rest[: _begun(rest)]]
        return answers


def _begun(folders: Sequence[Path]) -> int:
    """How many targets had their turn: one of them may end the process that would have begun the others."""
    open_ = next((i for i, each in enumerate(folders) if not (each / "code.txt").exists()), len(folders) - 1)
    return open_ + 1 if (folders[open_] / "trace.txt").exists() else len(folders)


def _answer(folder: Path, code: int | None, said: str, limits: Limits) -> Answer:
    answer, trace, own = folder / "answer.json", folder / "trace.txt", folder / "code.txt"
    if answer.exists():
        found: Answer = json.loads(answer.read_text(encoding="utf-8"))
        return found
    text = trace.read_text(encoding="utf-8", errors="replace") if trace.exists() else ""
    ended = int(own.read_text(encoding="utf-8")) if own.exists() else code
    return {"fault": [_ending(ended, said, text, limits), crashed(text)]}


def _request(target: Target, limits: Limits) -> dict[str, Any]:
    inputs = [[list(each.shape), each.dtype] for each in target.inputs]
    arguments = b64encode(marshal.dumps(dict(target.args))).decode()
    own = {"name": target.name, "folder": target.folder, "inputs": inputs, "args": arguments}
    changes = {"alterations": [list(each) for each in target.alterations]}
    return {**own, **changes, "seconds": min(limits.seconds, LONGEST), "memory": limits.memory}


def _run(folders: Sequence[Path], limits: Limits) -> tuple[int | None, str]:
    """The exit code, ``None`` when the time was up, and what was said before the user's code ran."""
    command = [sys.executable, "-c", _BOOT, str(_PACKAGE), *map(str, folders)]
    with (folders[0] / "errors.txt").open("wb+") as errors:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        try:
            code: int | None = child.wait(min(limits.seconds, LONGEST) * len(folders) + STARTING)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(child)
        errors.seek(0)
        return code, errors.read().decode(errors="replace")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (AttributeError, OSError):
        child.kill()
    child.wait()


def _ending(code: int | None, said: str, trace: str, limits: Limits) -> str:
    if code is None or trace.startswith("Timeout"):
        return f"it takes longer than the {limits.seconds:g} seconds of --timeout"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        why = ": the system may have been out of memory" if name == "SIGKILL" else ""
        return f"it crashes the Python process ({name}){why}"
    if code == 0:
        return "its process ends before it is done"
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    return f"its process ends early with exit code {code}{f': {last}' if last else ''}"
