"""Follows mangled models in a process that notes crashes, hangs and everything that looks like running code.

``python -m tests.fuzz.whole_models SEED FIRST COUNT`` prints the outcome of each as a line of JSON.
"""

from __future__ import annotations

import ast
import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from gconv_lint.frontends.fx.program import read
from gconv_lint.frontends.whole import interpreter
from gconv_lint.frontends.whole.series import ask
from gconv_lint.model.targets import Input, Limits, Target
from tests.fuzz.guarded import AS_IT_COMES, MEMORY, ROOT, TRIES, Guard, Outcome, _limited, _parses, _too_slow
from tests.fuzz.mangling import mangled

#: Steps that one model may take: enough for each seed, and a small part of what a run has.
FUEL = 60_000
#: Seconds on the clock, of which nothing that is stopped by its fuel takes more.
SECONDS = 50
_FOLDER = ROOT / "tests" / "frontends" / "whole"
#: What the engine says where it is itself at fault.
_OWN = ("an error of gconv-lint's own", "the run could not be followed")


def seeds() -> list[tuple[str, bytes]]:
    """Small models, each with the name of its class and all that it needs."""
    return [seed for name in ("models.py", "idioms.py") for seed in _cut(ast.parse((_FOLDER / name).read_bytes()))]


def _cut(tree: ast.Module) -> Iterator[tuple[str, bytes]]:
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    bound = {name: node for node in tree.body for name in _bound(node)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "nn.Module" for base in node.bases):
            needed = _needed(node, bound)
            body = [each for each in tree.body if each in imports or each in needed]
            yield node.name, ast.unparse(ast.Module(body, [])).encode() + b"\n"


def _bound(node: ast.stmt) -> Sequence[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return (node.name,)
    return [target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)]


def _needed(node: ast.stmt, bound: dict[str, ast.stmt]) -> set[ast.stmt]:
    found, waiting = {node}, [node]
    while waiting:
        names = (part.id for part in ast.walk(waiting.pop()) if isinstance(part, ast.Name))
        new = {bound[name] for name in names if name in bound} - found
        found |= new
        waiting += new
    return found


def mutant(models: Sequence[tuple[str, bytes]], seed: int, number: int, trace: str) -> tuple[str, bytes]:
    """The name of a model and the mangled text of its file: each in turn."""
    random = Random(f"whole {seed} {number}")
    name, text = models[number % len(models)]
    data = text
    for _ in range(TRIES if random.randrange(AS_IT_COMES) else 1):
        data = mangled(text, random, random.choice(models)[1], trace)
        if _parses(data):
            break
    return name, data


def _followed(target: Target) -> tuple[str, bool, int]:
    """What is wrong with how a model was followed, whether it was built, and how many layers were seen."""
    limits = Limits(SECONDS)
    (answer,) = ask([target], limits)
    found = read(target, answer)
    reasons = [reason for reason, *_ in answer["missed"]] + [answer["fault"][0] if answer["fault"] else ""]
    fault = next((reason for reason in reasons if reason.startswith(_OWN)), "")
    return fault, bool(found.owners), sum(len(graph.layers) for graph in found.graphs)


def outcomes(seed: int, numbers: Sequence[int], folder: Path) -> Iterator[Outcome]:
    """Follow mangled models one by one."""
    models, guard, trace = seeds(), Guard(), str(folder / "trace")
    interpreter.FUEL = FUEL
    signal.signal(signal.SIGVTALRM, _too_slow)
    for number in numbers:
        name, data = mutant(models, seed, number, trace)
        path = folder / "net.py"
        path.write_bytes(data)
        target = Target(f"{path}:{name}", (Input((1, 3, 16, 16)),))
        if not guard.seen and number == numbers[0]:
            _followed(target)  # what is imported late is imported now
        started, fault, built, layers = time.process_time(), "", False, 0
        guard.watching = True
        try:
            with _limited():
                fault, built, layers = _followed(target)
        except BaseException:
            fault = traceback.format_exc()
        guard.watching = False
        if guard.seen or os.path.exists(trace):
            fault = f"code was run: {guard.seen} {fault}"
            guard.seen.clear()
            Path(trace).unlink(missing_ok=True)
        yield Outcome(number, name, fault, time.process_time() - started, built, layers)


def main() -> None:
    """Print the outcome of each mangled model of a range."""
    seed, first, count = map(int, sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for outcome in outcomes(seed, range(first, first + count), Path(folder)):
            print(json.dumps(outcome._asdict()), flush=True)


if __name__ == "__main__":
    main()
