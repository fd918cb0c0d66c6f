"""What torch itself says of each model of a zoo, a line of JSON each: it can be built and run, parameters, conv MACs.

The oracle shares nothing with gconv-lint: ``sum(p.numel())`` and ``FlopCounterMode`` over one run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from functools import partial
from typing import Any, NoReturn

import torch
from torch.utils.flop_counter import FlopCounterMode

from bench.zoo.zoos import Model, chosen, inputs

_CONVOLUTIONS = ("convolution", "_convolution")


def counted(model: Model) -> dict[str, Any]:
    """The counts of a model, built and run without values where that works; ``error`` where it does not run at all."""
    try:
        return _counted(model, "meta")
    except Exception:
        return _counted(model, "cpu")


def _counted(model: Model, device: str) -> dict[str, Any]:
    try:
        with torch.device("meta") if device == "meta" else nullcontext():
            built = model.make()
    except Exception as error:
        if device == "meta":
            raise
        return {"error": f"cannot be built: {_sentence(error)}"}
    sizes = inputs(model, built)
    facts = {"inputs": sizes, "params": sum(parameter.numel() for parameter in built.parameters())}
    try:
        return {**facts, "conv_macs": _conv_macs(built, [tensor(size, device) for size in sizes])}
    except Exception as error:
        if device == "meta":
            raise
        return {**facts, "error": f"cannot be run on {', '.join(sizes)}: {_sentence(error)}"}


def tensor(size: str, device: str = "cpu") -> torch.Tensor:
    """An example input of a size such as ``1x3x224x224`` or ``2:int64``."""
    sizes, _, kind = size.partition(":")
    dtype = getattr(torch, kind or "float32")
    shape = [int(each) for each in sizes.split("x")]
    return torch.zeros(*shape, dtype=dtype, device=device)


def _conv_macs(built: Any, arguments: Sequence[torch.Tensor]) -> int:
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        built.requires_grad_(False).eval()(*arguments)
    counts = counter.get_flop_counts().get("Global", {})
    return sum(count for operation, count in counts.items() if operation.__name__ in _CONVOLUTIONS) // 2


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def forked(work: Callable[[], dict[str, Any]], seconds: int) -> dict[str, Any]:
    """What ``work`` returns in a process of its own; ``error`` when it ends early."""
    read, write = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(read)
        _serve(work, seconds, write)
    os.close(write)
    with os.fdopen(read) as stream:
        said = stream.read()
    status = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
    if said:
        found: dict[str, Any] = json.loads(said)
        return found
    late = status == -signal.SIGALRM
    return {"error": f"takes longer than {seconds} s" if late else f"its process ends with {status}"}


def _serve(work: Callable[[], dict[str, Any]], seconds: int, answer: int) -> NoReturn:
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    signal.alarm(seconds)
    try:
        found = work()
    except BaseException as error:
        found = {"error": f"{type(error).__name__}: {error}"}
    os.write(answer, json.dumps(found).encode())
    os._exit(0)


def main() -> None:
    """Print a line for each model of the zoo."""
    flags = argparse.ArgumentParser(description=__doc__)
    flags.add_argument("zoo")
    flags.add_argument("--every", action="store_true", help="more than one model of each family")
    flags.add_argument("--seconds", type=int, default=300)
    options = flags.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    with redirect_stdout(sys.stderr):  # packages may print while they are imported
        models = chosen(options.zoo, options.every)
    for model in models:
        found = forked(partial(counted, model), options.seconds)
        print(json.dumps({"target": model.target, "args": model.arguments, **found}), flush=True)


if __name__ == "__main__":
    main()
