"""A sample of what ``python -m bench.mangled`` does with 10,000 files: no crash, no hang, no code is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COUNT = 16


def _python(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=600, check=False)


def test_mangled_files(tmp_path: Path) -> None:
    words = ("-m", "tests.fuzz.guarded", "7", "0", str(COUNT), str(ROOT / "examples"), str(ROOT / "tests" / "sound"))
    ran = _python(*words, cwd=tmp_path)
    assert ran.stderr == ""
    outcomes = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(outcomes) == COUNT
    assert [outcome for outcome in outcomes if outcome["fault"]] == []
    assert sum(outcome["parsed"] for outcome in outcomes) > COUNT / 2
    assert list(tmp_path.iterdir()) == []


def test_mangled_models(tmp_path: Path) -> None:
    ran = _python("-m", "tests.fuzz.whole_models", "7", "0", "200", cwd=tmp_path)
    assert ran.stderr == ""
    outcomes = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(outcomes) == 200
    assert [outcome for outcome in outcomes if outcome["fault"]] == []
    assert sum(outcome["parsed"] for outcome in outcomes) > 50
    assert list(tmp_path.iterdir()) == []


def test_the_guard_sees_what_it_is_for(tmp_path: Path) -> None:
    """Code that is run, a file that is written, processes."""
    statements = [
        "exec(compile('x = 1', 'net.py', 'exec'))",
        "open('written', 'w')",
        "os.system('true')",
        "subprocess.run(['true'])",
        "os.waitpid(os.posix_spawn(sys.executable, [sys.executable, '-c', ''], {}), 0)",
    ]
    lines = [f"{statement}\nseen.append(len(guard.seen))" for statement in statements]
    head = "import os, subprocess, sys\nfrom tests.fuzz.guarded import Guard\nguard, seen = Guard(), [0]\nguard.watching = True"
    ran = _python("-c", "\n".join([head, *lines, "guard.watching = False", "print(*seen)"]), cwd=tmp_path)
    counts = [int(word) for word in ran.stdout.split()]
    assert len(counts) == len(statements) + 1
    assert all(before < after for before, after in pairwise(counts))
