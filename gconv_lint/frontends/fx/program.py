"""One target as rules see it: layers, a layer graph, gaps and problems, made of what the child process says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.costs import Owner
from gconv_lint.frontends.fx.calls import Chain, Texts, chain
from gconv_lint.frontends.fx.refusals import split, view_chains
from gconv_lint.frontends.fx.rounding import rounded_down
from gconv_lint.frontends.fx.stacks import Spot
from gconv_lint.frontends.fx.wire import Lowered, Reader, tuples
from gconv_lint.frontends.source.entries import Entry, Root
from gconv_lint.frontends.source.layers_out import make_layers
from gconv_lint.frontends.source.records import Record
from gconv_lint.model.constructs import Construct
from gconv_lint.model.dims import FloorZero
from gconv_lint.model.graph import Gap, LayerGraph
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place
from gconv_lint.model.report import Problem
from gconv_lint.model.targets import Limits, Target

#: What somebody saw of a target, as plain data.
Answer = Mapping[str, Any]

_FIELDS = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")


class Program(NamedTuple):
    """What a run of a model showed; ``refused`` is the place that torch ended the work at, with its problem.

    ``missed`` says what is not in it: with it, sums over the layers are parts of the whole.
    """

    sources: Mapping[str, str]
    layers: tuple[Layer, ...] = ()
    graphs: tuple[LayerGraph, ...] = ()
    constructs: tuple[Construct, ...] = ()
    gaps: tuple[Gap, ...] = ()
    missed: tuple[Gap, ...] = ()
    owners: Mapping[str, Owner] | None = None
    notes: tuple[str, ...] = ()
    problem: Problem | None = None
    refused: Place | None = None


def analyse(targets: Sequence[Target], limits: Limits) -> list[Program]:
    """Build and run models, each in a process of its own. Raises ``MissingTorch``."""
    from gconv_lint.frontends.fx.process import ask  # a model that is followed from its text needs no process

    return [read(*pair) for pair in zip(targets, ask(targets, limits), strict=True)]


def read(target: Target, answer: Answer, texts: Texts | None = None) -> Program:
    """What somebody saw of a target, beside its source text; ``texts`` are those that were read before."""
    return _Reading(target, answer, texts).program()


class _Reading:
    """The answer of the child process beside the source text."""

    def __init__(self, target: Target, answer: Answer, texts: Texts | None = None) -> None:
        self.target = target
        self.answer = answer
        self.texts = texts or Texts(answer.get("files", {}))
        self.spots = [Spot(*spot) for spot in answer.get("spots", ())]
        self._places: dict[tuple[int, int], Place] = {}
        self.made = [self._record(made) for made in answer.get("made", ())]

    def program(self) -> Program:
        """Everything as rules see it."""
        graph, missed = self._graph(), tuple(self._missed())
        records = [record for record in (*self.made, *self._functional(), *self._shuffled()) if record is not None]
        return Program(
            layers=tuple(self._layers(records)),
            graphs=(graph,) if graph is not None else (),
            constructs=tuple(self._views()),
            gaps=(*missed, *(graph.gaps if graph is not None else ())),
            missed=missed,
            owners=self._owners(),
            notes=tuple(self.answer.get("notes", ())),
            problem=self._problem(),
            refused=self._refused(),
            sources=self.texts.sources,
        )

    def _missed(self) -> Iterator[Gap]:
        """What was not understood, where that is known."""
        for reason, path, line in self.answer.get("missed", ()):
            text = self.texts.of(path) if path else None
            yield Gap(reason, Place(text.file.path, line, 1, line, 1) if text is not None else None)

    def _chain(self, number: int, callee: str) -> Chain | None:
        if number < 0:
            return None
        return chain([self.spots[i] for i in self.answer["chains"][number]], self.texts, callee)

    def _record(self, made: Mapping[str, Any]) -> tuple[Record, Chain] | None:
        """A constructor call as the source front end would have met it."""
        found = self._chain(made["chain"], made["function"].rpartition(".")[2])
        if found is None:
            return None
        values = {name: tuples(value) for name, value in made["values"].items()}
        if made["inherited"]:
            found = found.without_function()
        record = _recorded(made["kind"], made["function"], found)
        record.given, record.guarded = frozenset(made["given"]), made["expected"]
        if type(values.get("groups")) is int and values["groups"] == 0 and rounded_down(found, made["function"]):
            values["groups"] = FloorZero(0)
        if made["kind"] == "conv":
            record.conv = _attributes(made["function"], values)
        else:
            record.attrs = {name: values[name] for name in ("num_groups", "num_channels", "groups") if name in values}
        return record, found

    def _functional(self) -> Iterator[tuple[Record, Chain]]:
        """The functional convolutions: those of the run, and those while the model was imported and built."""
        calls = [(number, conv, False) for number, conv in self._run_functional()]
        calls += [(number, conv, expected) for conv, number, expected in self.answer.get("called", ())]
        for number, conv, expected in calls:
            found = self._chain(number, "")
            if found is not None:
                yield _function_record(conv, found, expected), found

    def _run_functional(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The functional convolutions of the run, each with the number of its chain of calls."""
        graph = self.answer.get("graph") or {"layers": []}
        if isinstance(graph, Lowered):
            for layer, origin in zip(graph.graph.layers, graph.origins, strict=True):
                if layer.kind == "functional_conv" and layer.conv is not None:
                    fields = {name: getattr(layer.conv, name) for name in ConvAttrs._fields}
                    yield origin.chain, {**fields, "in_channels": _read_channels(layer.in_shape)}
            return
        for _, number, layer in graph["layers"]:
            if layer["kind"] == "functional_conv":
                yield number, {**layer["conv"], "in_channels": _read_channels(layer["in_shape"])}

    def _shuffled(self) -> Iterator[tuple[Record, Chain]]:
        """The channel shuffle that torch refused, with the channels that it was given."""
        refused, found = self.answer.get("refused_move"), self._ending()
        wanted = split(refused) if refused is not None else None
        if wanted is None or found is None:
            return
        number = self.answer["refused"][0]
        made = self.made[number] if number >= 0 else None
        record = made[0] if made is not None else _recorded("shuffle", "torch.nn.functional.channel_shuffle", found)
        record.attrs = {"groups": wanted.groups, "channels": wanted.channels}
        if made is None:
            yield record, found

    def _views(self) -> Iterator[Construct]:
        """The row of views that torch refused the last one of."""
        refused, found = self.answer.get("refused_move"), self._ending()
        if refused is not None and found is not None:
            yield from view_chains(refused, found)

    def _ending(self) -> Chain | None:
        """The calls that led to the operation that torch refused."""
        refused = self.answer.get("refused")
        return None if refused is None else self._chain(refused[1], "")

    def _layers(self, records: Sequence[tuple[Record, Chain]]) -> Iterator[Layer]:
        """The layers that rules judge, each at the user's own code, or at a library's where that is all there is."""
        for foreign in (False, True):
            entry = Entry(records[0][0].call) if records else None
            chosen = [pair for pair in records if all(text.foreign for text in pair[1].texts) is foreign]
            if entry is None or not chosen:
                continue
            entry.records = [record for record, _ in chosen]
            files = {id(t.file) for _, found in chosen for t in found.texts if foreign or not t.foreign}
            yield from make_layers([Root(entry, None)], files)

    def _graph(self) -> LayerGraph | None:
        data = self.answer.get("graph")
        if data is None:
            return None
        if isinstance(data, Lowered):
            pairs = zip(data.graph.layers, data.origins, strict=True)
            return data.graph._replace(
                layers=tuple(layer._replace(place=self._place(*origin)) for layer, origin in pairs)
            )
        places = [self._place(made, number) for made, number, _ in data["layers"]]
        graph = Reader(self.answer["sequences"]).graph(data, places)
        return graph._replace(gaps=tuple(Gap(gap.reason) for gap in graph.gaps))

    def _place(self, made: int, number: int) -> Place:
        """Where a layer was constructed, or else where its operation is called."""
        key = made, number
        if key not in self._places:
            self._places[key] = self._found_place(made, number)
        return self._places[key]

    def _found_place(self, made: int, number: int) -> Place:
        record = self.made[made] if made >= 0 else None
        found = record[1] if record is not None else self._chain(number, "")
        return found.place if found is not None else Place(self._path(), 1, 1, 1, 1)

    def _path(self) -> str:
        return self.target.name.rpartition(":")[0]

    def _owners(self) -> Mapping[str, Owner] | None:
        owners = self.answer.get("owners")
        return None if owners is None else {path: Owner(*rest) for path, *rest in owners}

    def _problem(self) -> Problem | None:
        fault = self.answer.get("fault")
        if fault is None:
            return None
        message, place = fault
        text = self.texts.of(place[0]) if place is not None else None
        path = text.file.path if text is not None else place[0] if place is not None else ""
        return Problem(path=path, line=place[1] if place is not None else None, message=message)

    def _refused(self) -> Place | None:
        refused = self.answer.get("refused")
        return None if refused is None else self._place(*refused)


def _read_channels(shape: Sequence[Any] | None) -> Any:
    """The channels of what a convolution reads; ``None`` where that is not known."""
    return None if shape is None else shape[1]


def _function_record(conv: Mapping[str, Any], found: Chain, expected: bool) -> Record:
    function = f"torch.nn.functional.conv{'_transpose' if conv['transposed'] else ''}{conv['rank']}d"
    record = _recorded("functional_conv", function, found)
    record.conv = ConvAttrs(**{name: tuples(value) for name, value in conv.items()})
    record.guarded = expected
    return record


def _recorded(kind: str, function: str, found: Chain) -> Record:
    return Record(kind, function, found.site.node, found.frame, found.call)


def _attributes(function: str, values: Mapping[str, Any]) -> ConvAttrs:
    name = function.rpartition(".")[2]
    known = {field: values.get(field) for field in _FIELDS}
    lazy = name.startswith("Lazy") and "in_channels" not in values  # until torch refuses those of an input
    return ConvAttrs(rank=int(name[-2]), transposed="Transpose" in name, lazy=lazy, **known)
