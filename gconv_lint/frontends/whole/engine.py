"""Runs one target from its text and says what it saw as plain data, as the child process does of a real run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from gconv_lint.frontends.fx.faults import MOST, sentence
from gconv_lint.frontends.fx.lowering import Lowering
from gconv_lint.frontends.fx.recorded import Operation
from gconv_lint.frontends.fx.refusals import told
from gconv_lint.frontends.fx.wire import Lowered, Origin, plain
from gconv_lint.frontends.whole import limits as bounds
from gconv_lint.frontends.whole.interpreter import Interpreter
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.texts import text
from gconv_lint.frontends.whole.torch_layers import WATCHED
from gconv_lint.frontends.whole.torch_registered import named_buffers, named_parameters
from gconv_lint.frontends.whole.values import MISSING, Namespace, Obj, Raised, Stopped, Unknown, Value
from gconv_lint.model.places import Place
from gconv_lint.model.targets import Input, Limits, Target
from gconv_lint.words import nearest

_NOWHERE = Place("", 1, 1, 1, 1)
_DEFAULT = Input((1, 3, 224, 224))

Answer = Mapping[str, Any]
T = TypeVar("T")


class Fault(Exception):
    """What ends the work on a target, in a sentence."""


class Work:
    """One target: what was seen of it until something ended the work."""

    def __init__(
        self, target: Target, limits: Limits, search: Sequence[str] = (), interp: Interpreter | None = None
    ) -> None:
        self.target = target
        folder = os.path.abspath(target.folder or os.curdir)
        self.interp = interp or Interpreter([folder, *search], limits.seconds)
        self.folder = folder
        self.model: Obj | None = None
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.notes: list[str] = []
        self.fault: tuple[str, tuple[str, int] | None] | None = None
        self.error: Value = None
        self.misled = False

    def answer(self) -> Answer:
        """Everything as plain data."""
        try:
            self._do()
        except Fault as fault:
            self.fault = (str(fault), None)
        except Stopped as stopped:
            self._stopped(stopped)
        except (RecursionError, MemoryError):
            self.interp.gap("it is nested too deeply to be followed")
        except Raised as error:
            self.interp.gap(f"it cannot be followed: {self._said(error)}")
        except Exception as error:  # our own fault: the user keeps what else was found
            self.interp.gap(f"an error of gconv-lint's own ends the work: {sentence(error)}")
        self.interp.refuel()
        return self._data()

    def _stopped(self, stopped: Stopped) -> None:
        self.interp.gap(str(stopped))
        self.interp.refuel()

    def _do(self) -> None:
        factory = self._found()
        made = self._guarded(factory, [], dict(self.target.args), "built")
        self.model = self._model(made)
        if self.model is None:
            return
        self._name(self.model)
        self.inputs = self._tensors()
        with self.interp.tape.run(self.inputs):
            result = self._guarded(self.model, list(self.inputs), {}, "run")
        self._finish(result)

    def _finish(self, result: Value) -> None:
        """Note what the run returned."""
        if isinstance(result, Unknown) and self.fault is None:
            self.interp.gap(f"what the model returns is not known: {result.reason}")
        bounds.check(self.interp, result)
        self.outputs = list(_leaves(result))

    def _found(self) -> Value:
        name, _, attribute = self.target.name.rpartition(":")
        if not name or not attribute:
            raise Fault(f"`{self.target.name}` names no model: allowed is path/file.py:name or pkg.module:name")
        found: Value = self._module(name)
        for part in attribute.split("."):
            value = self.interp.attributes.find(found, part)
            if value is MISSING:
                names = [w for w in getattr(found, "names", {}) if not w.startswith("_")]
                raise Fault(f"there is no `{part}` in {name}{nearest(part, names)}")
            found = value
        return found

    def _module(self, name: str) -> Namespace:
        modules = self.interp.modules
        try:
            if name.endswith(".py") or os.sep in name or "/" in name:
                path = os.path.join(self.folder, name)
                if not os.path.isfile(path):
                    raise Fault(f"cannot be read: there is no file {os.path.relpath(path)}")
                found: Value = modules.of_file(path)
            else:
                found = modules.load(name)
        except Raised as error:
            said = f"cannot be read: {self._said(error)}"
            raise (Stopped(said) if self.interp.gaps else Fault(said)) from None
        if isinstance(found, Namespace):
            return found
        raise Fault(f"cannot be read: {found if isinstance(found, str) else f'there is no module {name}'}")

    def _guarded(self, callee: Value, args: list[Value], kwargs: dict[str, Value], what: str) -> Value:
        """Call something; what it raises ends the work, and is no fault of the program's where something is unknown."""
        if isinstance(callee, Obj) and what == "built":
            return callee
        try:
            return self.interp.call(callee, args, kwargs, self.interp.frame)
        except Raised as error:
            said = f"cannot be {what}{self._tried()}: {self._said(error)}"
            if self.interp.gaps:
                self.interp.gap(said)
                return Unknown(said)
            self.fault, self.error = (said, _where(error)), error.value
            return Unknown(said)

    def _tried(self) -> str:
        """On what it was run, where nobody gave that."""
        guessed = self.inputs and not self.target.inputs
        return f" on {_DEFAULT}, which is tried where no --input is given; give --input" if guessed else ""

    def _said(self, error: Raised) -> str:
        """``ValueError: what it says``, on one line, whatever code would say it."""
        value = error.value
        name = value.cls.name if isinstance(value, Obj) else "Exception"
        try:
            message = text(self.interp, value)
        except (Raised, Stopped, RecursionError):
            return name
        said = " ".join(message.split())[:MOST] if isinstance(message, str) else ""
        return f"{name}: {said}" if said else name

    def _model(self, made: Value) -> Obj | None:
        if isinstance(made, (tuple, list)) and made:
            made = made[0]
        if isinstance(made, Obj) and self.interp.modules_of.is_module(made):
            return made
        if self.fault is None:
            reason = made.reason if isinstance(made, Unknown) else f"it is a {type(made).__name__}"
            self.interp.gap(f"what `{self.target.name}` makes is not known: {reason}")
        return None

    def _name(self, model: Obj) -> None:
        """Evaluation mode, and a name for each parameter, buffer and module."""
        interp = self.interp
        interp.method(model, "eval", [])
        for path, module in interp.modules_of.named(model):
            interp.modules_of.paths[id(module)] = path
        for name, tensor in [*named_parameters(interp, model), *named_buffers(interp, model)]:
            tensor.name = name

    def _tensors(self) -> list[Tensor]:
        given = self.target.inputs
        if not given:
            given = (_DEFAULT,)
            self.notes.append(f"no input was given: {_DEFAULT} is tried")
        return [Tensor(tuple(each.shape), each.dtype) for each in given]

    def _data(self) -> Answer:
        watched = self.interp.modules_of.watched
        graph, refused = self._finished(self._graph), self._refused()
        guessed = bool(self.inputs) and not self.target.inputs  # a constructor may be told of the guess's channels
        ended = refused[0] if refused is not None and not guessed else -1
        gaps = [[reason, path, line] for reason, path, line in self.interp.gaps]
        return {
            "fault": list(self.fault) if self.fault is not None else None,
            "refused": refused,
            "refused_move": self._refused_move(),
            "notes": self.notes,
            "owners": self._finished(self._owners),
            "graph": graph,
            "made": [_made(made, number != ended) for number, made in enumerate(watched.made)],
            "spots": [list(spot) for spot in watched.spots],
            "chains": watched.chains,
            "files": self.interp.modules.files,
            "missed": gaps,
        }

    def _finished(self, part: Callable[[], T]) -> T | None:
        """What is to be said of a model, unless it is too large for that."""
        try:
            return part()
        except Stopped as stopped:
            self._stopped(stopped)
            return None

    def _owners(self) -> list[tuple[Any, ...]] | None:
        if self.model is None:
            return None
        found: dict[str, list[Any]] = {}
        kinds = {path: module.cls.name for path, module in self.interp.modules_of.named(self.model)}
        for name, tensor in named_parameters(self.interp, self.model):
            path = name.rpartition(".")[0]
            row = found.setdefault(path, [path, kinds.get(path, ""), 0, 0])
            row[2] += tensor.count
            row[3] += tensor.count * tensor.requires_grad
        return [tuple(row) for row in found.values()]

    def _graph(self) -> Lowered | None:
        if self.model is None:
            return None
        recording = self.interp.tape.recording(self.outputs)
        lowering = Lowering(recording, lambda _: _NOWHERE, guessed=not self.target.inputs)
        try:
            graph = lowering.graph(self.model.cls.name)
            self.misled = lowering.misled
        except Exception as error:  # our own fault, too
            self.interp.gap(f"the run could not be followed: {sentence(error)}")
            return None
        return Lowered(graph, [self._origin(operation) for operation in lowering.origins])

    def _refused(self) -> list[int] | None:
        if self.fault is None:
            return None
        for number, made in enumerate(self.interp.modules_of.watched.made):
            if made.error is not None and made.error is self.error:
                return [number, -1]
        operation = self.interp.tape.refused
        return list(self._origin(operation)) if operation is not None else None

    def _origin(self, operation: Operation | None) -> Origin:
        """The constructor call of this run that made the layer of an operation, and the calls that led to that."""
        if operation is None:
            return Origin()
        made = getattr(operation.layer, "made", -1) - self.interp.modules_of.watched.first
        return Origin(max(made, -1), operation.chain)

    def _refused_move(self) -> dict[str, Any] | None:
        tape = self.interp.tape
        return told(tape.refused, tape.tensors) if self.fault is not None and not self.misled else None


def _made(made: Any, went_on: bool) -> dict[str, Any]:
    return {
        "kind": WATCHED[made.name],
        "function": f"torch.nn.{made.name}",
        "values": {name: plain(value) for name, value in made.values.items()},
        "given": made.given,
        "chain": made.chain,
        "inherited": made.inherited,
        "expected": made.error is not None and went_on,
    }


def _where(error: Raised) -> tuple[str, int] | None:
    frame = error.frame
    while frame is not None:
        if frame.node is not None:
            return frame.namespace.path, getattr(frame.node, "lineno", 1)
        frame = frame.outer
    return None


def _leaves(value: Value) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    elif isinstance(value, Obj) and isinstance(value.data, tuple):
        yield from _leaves(value.data)
