"""The child process: builds and runs one model of the user's and writes down, as plain data, what it saw."""

from __future__ import annotations

import gc
import json
import marshal
import os
import sys
from base64 import b64decode
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import torch
from torch import nn

from gconv_lint.frontends.fx.altering import alter
from gconv_lint.frontends.fx.building import Built, build, load
from gconv_lint.frontends.fx.confinement import Outside, limit, note_exit, silence, watch
from gconv_lint.frontends.fx.constructors import MADE, Constructors, Made
from gconv_lint.frontends.fx.faults import OWN, Fault, causes, needs_values, sentence, where
from gconv_lint.frontends.fx.functionals import Functionals
from gconv_lint.frontends.fx.lowering import Lowering
from gconv_lint.frontends.fx.owners import owners
from gconv_lint.frontends.fx.recorded import Operation
from gconv_lint.frontends.fx.recording import record
from gconv_lint.frontends.fx.refusals import told
from gconv_lint.frontends.fx.running import Run, run
from gconv_lint.frontends.fx.stacks import Stacks
from gconv_lint.frontends.fx.wire import Origin, Writer, plain
from gconv_lint.model.places import Place

_NOWHERE = Place("", 1, 1, 1, 1)


class Work:
    """One target: what was seen of it until something ended the work."""

    def __init__(self, request: Mapping[str, Any], outside: Outside) -> None:
        self.request = request
        self.outside = outside
        self.stacks = Stacks([str(Path(torch.__file__).parent), OWN])
        self.constructors = Constructors(self.stacks)
        self.functionals = Functionals(self.stacks)
        self.notes: list[str] = []
        self.fault: Fault | None = None
        self.built: Built | None = None
        self.done: Run | None = None
        self.misled = False

    def do(self) -> None:
        """Import, build, run; whatever the user's code raises becomes the fault."""
        try:
            with self.constructors.watching():
                self._steps()
        except Fault as fault:
            self.fault = fault
        except BaseException as error:
            what = "built" if self.built is None else "run"
            self.fault = Fault(f"cannot be {what}: {sentence(error)}", where(error))
            self.fault.__cause__ = error
        if self.fault is not None:
            self.fault = self.outside.explained(self.fault)

    def _steps(self) -> None:
        with self.functionals:
            factory, name = load(self.request["name"], self.request["folder"])
        imported, called = len(self.constructors.made), len(self.functionals.called)
        arguments = marshal.loads(b64decode(self.request["args"]))

        def again() -> Built:
            del self.constructors.made[imported:]
            del self.functionals.called[called:]
            return self._altered(factory, name, arguments, weights=True)

        try:
            self.built = self._altered(factory, name, arguments, weights=False)
        except Exception as error:
            if isinstance(error, Fault) or not needs_values(error):
                raise
            self.notes.append(f"built with weights, because without them it fails: {sentence(error)}")
            self.built = again()
        self.done = run(self.built, self.request["inputs"], again, self.stacks)
        self.built, self.fault = self.done.built, self.done.fault
        self.notes += self.done.notes

    def _altered(self, factory: Any, name: str, arguments: Mapping[str, Any], *, weights: bool) -> Built:
        """The module, with the changes that are asked for."""
        with self.functionals:
            built = build(factory, name, arguments, weights=weights)
        alter(built.module, self.request["alterations"])
        return built

    def answer(self) -> dict[str, Any]:
        """Everything as plain data."""
        writer = Writer()
        graph, refused = self._graph(writer), self._refused()
        guessed = self.done is not None and self.done.guessed  # a constructor may be told of the guess's channels
        ended = refused[0] if refused is not None and not guessed else -1
        errors = set(map(id, causes(self.fault))) if self.fault is not None else set()
        return {
            "fault": [self.fault.message, self.fault.place] if self.fault is not None else None,
            "refused": refused,
            "refused_move": self._refused_move(),
            "notes": self.notes,
            "owners": _owned(self.built),
            "graph": graph,
            "made": [_made(made, number != ended) for number, made in enumerate(self.constructors.made)],
            "called": [
                [each.conv, each.chain, each.error is not None and id(each.error) not in errors]
                for each in self.functionals.called
            ],
            "spots": self.stacks.spots,
            "chains": self.stacks.chains,
            "sequences": writer.sequences,
        }

    def _refused(self) -> list[int] | None:
        """The constructor call, or the chain of calls of the operation, that torch refused and that ended the work."""
        if self.fault is None:
            return None
        behind = {id(error) for error in causes(self.fault)}
        for number, made in enumerate(self.constructors.made):
            if id(made.error) in behind:
                return [number, -1]
        for called in self.functionals.called:
            if id(called.error) in behind:
                return [-1, called.chain]
        operation = self.done.recording.refused if self.done is not None else None
        return list(_origin(operation)) if operation is not None else None

    def _refused_move(self) -> dict[str, Any] | None:
        """The view or the shuffle that torch refused and that ended the work."""
        if self.done is None or self.fault is None or self.misled:
            return None
        return told(self.done.recording.refused, self.done.recording.tensors)

    def _graph(self, writer: Writer) -> dict[str, Any] | None:
        if self.done is None or self.built is None:
            return None
        try:
            lowering = Lowering(self.done.recording, lambda _: _NOWHERE, guessed=self.done.guessed)
            graph = lowering.graph(type(self.built.module).__name__)
            self.misled = lowering.misled
            return writer.graph(graph, [_origin(operation) for operation in lowering.origins])
        except Exception as error:  # our own fault: the user keeps what else was found
            self.notes.append(f"the run could not be followed: {sentence(error)}")
            return None


def _origin(operation: Operation | None) -> Origin:
    if operation is None:
        return Origin()
    made = vars(operation.layer).get(MADE, -1) if operation.layer is not None else -1
    return Origin(made, operation.chain)


def _made(made: Made, went_on: bool) -> dict[str, Any]:
    return {
        "kind": made.kind,
        "function": made.function,
        "values": {name: plain(value) for name, value in made.values.items()},
        "given": made.given,
        "chain": made.chain,
        "inherited": made.inherited,
        "expected": made.error is not None and went_on,
    }


def _owned(built: Built | None) -> list[tuple[Any, ...]] | None:
    return None if built is None else [(path, *owner) for path, owner in owners(built.module).items()]


def main() -> None:
    """Do what the request in each folder of ``sys.argv`` says; with several, each in a fork that has torch already.

    How a fork ended stands beside its request: the exit code, negative for a signal.
    """
    folders = [Path(folder) for folder in sys.argv[1:]]
    if len(folders) > 1:
        import_module("torch._dynamo")  # many an operation loads it, which would take each fork a second
    warm_up()
    if len(folders) == 1:
        _serve(folders[0])
    for folder in folders:
        number = os.fork()
        if number == 0:
            _serve(folder)
        code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        (folder / "code.txt").write_text(str(code), encoding="utf-8")


def warm_up() -> None:
    """Have torch import what it does at its first operations, which is no time of the user's code."""
    layers = [nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1, 1)]
    record(nn.Sequential(*layers).to("meta"), [torch.empty(1, 1, 1, 1, device="meta")], {})
    gc.freeze()  # what is there stays there, and is looked through no more


def _serve(folder: Path) -> NoReturn:
    """Do what ``request.json`` says, write ``answer.json`` beside it, and end the process."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))

    def write(answer: Mapping[str, Any]) -> None:
        part = folder / "answer.part"
        part.write_text(json.dumps(answer), encoding="utf-8")
        part.replace(folder / "answer.json")

    leave = note_exit(lambda code, place: write({"fault": [f"it ends the process with os._exit({code})", place]}))
    outside = Outside()
    outside.refuse()
    limit(request["memory"])
    silence()
    with (folder / "trace.txt").open("w", encoding="utf-8") as trace:
        watch(request["seconds"], trace)
        work = Work(request, outside)
        work.do()
        write(work.answer())
        leave(0)
