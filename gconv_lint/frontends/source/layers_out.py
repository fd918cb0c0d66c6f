"""Turns the evaluator's records into layers: one for every distinct set of values at a place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from gconv_lint.frontends.source.entries import Root, reachable
from gconv_lint.frontends.source.frames import Call
from gconv_lint.frontends.source.late_layers import (
    alternative,
    lazily_guarded,
    regrouped,
    serves_forward,
    sets_weights,
    twin_has_groups,
)
from gconv_lint.frontends.source.memo import value_key
from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.provenance import describe, responsible
from gconv_lint.frontends.source.records import Record
from gconv_lint.frontends.source.traces import Trace
from gconv_lint.frontends.source.values import Module
from gconv_lint.model.dims import Sym, equal
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.layers import CallSite, Layer
from gconv_lint.model.places import Place, Related
from gconv_lint.model.signatures import SIGNATURES

_NUMBERS = ("in_channels", "out_channels", "groups", "num_groups", "num_channels", "weight")
_CONV_FIELDS = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
MAX_CALLERS = 4
MAX_WAYS = 32


class Texts(Mapping[str, str]):
    """The source text of each argument of a call, cut out when somebody asks."""

    __slots__ = ("_file", "_nodes")

    def __init__(self, file: SourceFile, node: ast.AST, function: str) -> None:
        self._file = file
        positions = SIGNATURES[function][0] if function in SIGNATURES else ()
        args, keywords = getattr(node, "args", []), getattr(node, "keywords", [])
        self._nodes = {**dict(zip(positions, args)), **{k.arg: k.value for k in keywords if k.arg is not None}}

    def __getitem__(self, name: str) -> str:
        return self._file.segment(self._nodes[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)


class Late(Sequence[Any]):
    """What a function says of a record, worked out when somebody asks."""

    __slots__ = ("_found", "_make", "_record")

    def __init__(self, make: Callable[[Record], list[Any]], record: Record) -> None:
        self._make = make
        self._record = record
        self._found: list[Any] | None = None

    def __getitem__(self, index: Any) -> Any:
        return self._items()[index]

    def __len__(self) -> int:
        return len(self._items())

    def _items(self) -> list[Any]:
        if self._found is None:
            self._found = self._make(self._record)
        return self._found


def _callers(record: Record) -> list[Related]:
    """The calls that chose a layer's numbers."""
    found: dict[Place, Related] = {}
    for chain in _chains(record.call):
        call = responsible(record.node, record.function, chain, _NUMBERS)
        related = describe(call) if call is not None else None
        if related is not None:
            found.setdefault(related.place, related)
    return list(found.values())[:MAX_CALLERS]


def _ways(record: Record) -> list[tuple[Place, ...]]:
    """The calls that lead to a layer, one row for each way, innermost first."""
    rows = (_places(chain) for chain in islice(_chains(record.call), MAX_WAYS))
    return list(dict.fromkeys(rows))


def _places(chain: Call) -> tuple[Place, ...]:
    places: list[Place] = []
    call: Call | None = chain
    while call is not None:
        if call.module is not None and call.node is not None:
            places.append(call.module.file.place(call.node))
        call = call.parent
    return tuple(places)


def _chains(call: Call) -> Iterator[Call]:
    """The chain as it was first met, then those of other callers of the evaluations on it."""
    yield call
    above: Call | None = call
    path: list[Call] = []
    while above is not None:
        for other in above.also:
            yield _rebuilt(path, above, other)
        path.append(above)
        above = above.parent


def _rebuilt(path: list[Call], joint: Call, other: Call) -> Call:
    """The chain ``path`` over ``other`` in place of ``joint``."""
    parent = Call(other.node, other.module, other.parent)
    parent.callee = joint.callee
    for step in reversed(path):
        child = Call(step.node, step.module, parent)
        child.callee = step.callee
        parent = child
    return parent


def count_groups(roots: Iterable[Root]) -> tuple[int, int]:
    """``(ways, decided ways)``: how often a convolution with ``groups`` is reached, and its groups known."""
    records = [
        r
        for e in reachable(root.entry for root in roots if root.counts)
        for r in e.records
        if r.conv is not None and "groups" in r.given
    ]
    return len(records), sum(_decided(r) for r in records)


def _decided(record: Record) -> bool:
    conv = record.conv
    if conv is None:
        return False
    if not isinstance(conv.groups, Sym):
        return True
    return isinstance(conv.in_channels, (int, Sym)) and equal(conv.groups, conv.in_channels) is True


def make_layers(roots: Iterable[Root], linted: set[int]) -> list[Layer]:
    """The layers of all roots; one whose file is not under test stands at the call under test that leads to it."""
    seen: dict[Any, None] = {}
    layers: list[Layer] = []
    for entry in reachable(root.entry for root in roots):
        for record in entry.records:
            key = _key(record)
            if key not in seen:
                seen[key] = None
                where = _anchor(record, linted)
                if where is not None:
                    layers.append(_layer(len(layers), record, *where))
    return layers


def make_graphs(roots: Iterable[Root], scripts: Iterable[tuple[Trace, Module]]) -> list[LayerGraph]:
    """The layer graphs of all blocks that were followed, and of the models that scripts run."""
    traces = [pair for entry in reachable(root.entry for root in roots) for pair in entry.graphs]
    return [trace.graph(module.file) for trace, module in (*traces, *scripts)]


def _key(record: Record) -> Any:
    conv = record.conv
    values = tuple([_value(getattr(conv, n)) for n in _CONV_FIELDS]) if conv is not None else ()
    attrs = tuple([_value(v) for v in record.attrs.values()])
    return record.place, record.guarded, values, attrs


def _value(value: Any) -> Any:
    key = value_key(value)
    return key if key is not None else id(value)


def _anchor(record: Record, linted: set[int]) -> tuple[Module, ast.AST] | None:
    if id(record.module.file) in linted:
        return record.module, record.node
    call: Call | None = record.call
    while call is not None:
        if call.module is not None and call.node is not None and id(call.module.file) in linted:
            return call.module, call.node
        call = call.parent
    return None


def _layer(number: int, record: Record, module: Module, node: ast.AST) -> Layer:
    site = CallSite(
        function=record.function,
        target=record.target,
        given=record.given,
        texts=Texts(record.module.file, record.node, record.function),
        positional=len(getattr(record.node, "args", ())),
        starred=record.starred or _starred(record.node),
        class_name=record.class_name,
        method=record.method,
        in_module=record.in_module,
        regrouped=record.conv is not None and regrouped(record),
        alternative=record.kind == "shuffle" and alternative(record),
        twin_has_groups=_is_bare_depthwise(record) and twin_has_groups(record),
        serves_forward=record.conv is not None and serves_forward(record),
        lazily_guarded=record.method not in ("", "__init__") and lazily_guarded(record),
        sets_weights=record.method not in ("", "__init__") and sets_weights(record),
        callers=Late(_ways, record),
        elsewhere=node is not record.node,
    )
    return Layer(
        id=number,
        kind=record.kind,
        name=record.target,
        place=module.file.place(node),
        conv=record.conv,
        attrs=record.attrs,
        site=site,
        trace=Late(_callers, record),  # type: ignore[arg-type]
        may_raise=record.guarded,
    )


def _is_bare_depthwise(record: Record) -> bool:
    """Whether a convolution without groups has a name that may speak of depthwise ones; looking further is dear."""
    name = record.target.lower()
    return record.conv is not None and "groups" not in record.given and ("depth" in name or "dw" in name)


def _starred(node: ast.AST) -> bool:
    args, keywords = getattr(node, "args", ()), getattr(node, "keywords", ())
    return any(isinstance(a, ast.Starred) for a in args) or any(k.arg is None for k in keywords)
