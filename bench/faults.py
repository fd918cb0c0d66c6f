"""Plants one fault at a time in the text of a module: the mistakes that rules are about, as people make them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gconv_lint.fixes.documents import Document

_COUNTS = re.compile(r"group|cardinal", re.IGNORECASE)
_DEPTHWISE = re.compile(r"dw_?conv|depthwise", re.IGNORECASE)
_POINTWISE = re.compile(r"pw_?conv|pointwise", re.IGNORECASE)
_TORCH = re.compile(r"nn\.Conv[123]d$")
#: Divides no width that a model of the packages has.
ODD = 7919

#: A range of the text and what replaces it.
Edit = tuple[int, int, str]


class Fault(NamedTuple):
    """A text with one mistake in it: what was written in ``line``, in place of what."""

    kind: str
    line: int
    old: str
    new: str
    text: str


def planted(document: Document, kind: str) -> Iterator[Fault]:
    """The faults of one kind that a module has room for, in the order of its text."""
    for start, end, new in sorted(set(PLANTERS[kind](document))):
        text = document.text[:start] + new + document.text[end:]
        try:
            ast.parse(text)
        except SyntaxError:  # the last statement of a block was taken
            continue
        yield Fault(kind, document.place(start, start).line, document.text[start:end], new, text)


def _calls(document: Document) -> Iterator[ast.Call]:
    return (node for node in ast.walk(document.tree) if isinstance(node, ast.Call))


def _name(document: Document, call: ast.Call) -> str:
    return document.source(call.func)


def _target(document: Document, call: ast.Call) -> str:
    statement = document.parents[call]
    return document.source(statement.targets[0]) if isinstance(statement, ast.Assign) else ""


def _counts(calls: Iterable[ast.Call]) -> Iterator[ast.keyword]:
    """Numbers of groups that calls pass by keyword."""
    return (keyword for call in calls for keyword in call.keywords if keyword.arg and _COUNTS.search(keyword.arg))


def _true_division(document: Document) -> Iterator[Edit]:
    for node in ast.walk(document.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
            start, end = document.span(node.left)[1], document.span(node.right)[0]
            yield start, end, document.text[start:end].replace("//", "/")
    for keyword in _counts(_calls(document)):
        if isinstance(keyword.value, (ast.Name, ast.Attribute)):
            yield (*document.span(keyword.value), f"{document.source(keyword.value)} / 1")


def _no_divisor(document: Document) -> Iterator[Edit]:
    for keyword in _counts(_calls(document)):
        if isinstance(keyword.value, ast.Constant) and type(keyword.value.value) is int and keyword.value.value > 1:
            yield (*document.span(keyword.value), str(keyword.value.value + 1))
            yield (*document.span(keyword.value), str(ODD))
        elif isinstance(keyword.value, (ast.Name, ast.Attribute)):
            yield (*document.span(keyword.value), "7")


def _zero(document: Document) -> Iterator[Edit]:
    for keyword in _counts(_calls(document)):
        if isinstance(keyword.value, (ast.Name, ast.Attribute)):
            yield (*document.span(keyword.value), f"{document.source(keyword.value)} // {ODD}")


def _shuffle_count(document: Document) -> Iterator[Edit]:
    shuffles = (call for call in _calls(document) if "shuffle" in _name(document, call).lower())
    for call in shuffles:
        if any(_counts([call])):
            yield (*document.span(call), "nn.ChannelShuffle(7)")


def _no_copy(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "contiguous":
            yield document.span(call.func.value)[1], document.span(call)[1], ""


def _as_dilation(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        given = {keyword.arg: document.source(keyword.value) for keyword in call.keywords}
        if _TORCH.search(_name(document, call)) and not call.args and "groups" in given and "in_channels" in given:
            first = [given[name] for name in ("in_channels", "out_channels", "kernel_size")]
            words = [*first, given.get("stride", "1"), given.get("padding", "0"), given["groups"]]
            words += [f"bias={given['bias']}"] if "bias" in given else []
            yield (*document.span(call), f"{_name(document, call)}({', '.join(words)})")


def _without(document: Document, keyword: ast.keyword) -> Edit:
    """Leaves an argument out, with the comma before it."""
    start = document.span(keyword)[0]
    return len(document.text[:start].rstrip().rstrip(",")), document.span(keyword)[1], ""


def _dense_depthwise(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        named = _DEPTHWISE.search(_target(document, call)) or _DEPTHWISE.search(_function(document, call))
        if named and _TORCH.search(_name(document, call)):
            yield from (_without(document, each) for each in call.keywords if each.arg == "groups")


def _function(document: Document, node: ast.AST) -> str:
    function = document.function_of(node)
    return "" if function is None else function.name


def _with(document: Document, call: ast.Call, text: str) -> Edit:
    """Passes one more argument, at the end."""
    end = document.span((call.keywords or call.args)[-1])[1] if call.keywords or call.args else document.span(call)[1]
    return end, end, f", {text}"


def _grouped_pointwise(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        width = [each.value for each in call.keywords if each.arg == "in_channels"]
        if width and _POINTWISE.search(_target(document, call)) and not any(k.arg == "groups" for k in call.keywords):
            yield _with(document, call, f"groups={document.source(width[0])}")


def _no_shuffle(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        statement = document.parents[call]
        if re.search(r"self\.\w*shuffle$", _name(document, call)) and isinstance(statement, ast.Assign):
            yield (*document.span(call), document.source(call.args[0]))


def _no_transpose(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        function = document.function_of(call)
        if function is not None and "transpose" in _name(document, call):
            kept = call.args[0] if _name(document, call) == "torch.transpose" else getattr(call.func, "value", call)
            yield (*document.span(call), document.source(kept))


def _rows(document: Document) -> Iterator[Edit]:
    for node in ast.walk(document.tree):
        if (
            isinstance(node, ast.FunctionDef)
            and node.name == "forward"
            and [a.arg for a in node.args.args[1:]] == ["x"]
        ):
            start = document.span(node.body[0])[0]
            indent = document.indent(node.body[0])
            yield start, start, f"rows = x.view(x.size(1), -1){document.newline}{indent}"


def _one_group(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        if _TORCH.search(_name(document, call)) and not any(each.arg == "groups" for each in call.keywords):
            yield _with(document, call, "groups=1")


def _idle_bias(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        if any(each.arg == "groups" for each in call.keywords):
            for each in call.keywords:
                if each.arg == "bias":
                    yield (*document.span(each.value), "True")


def _idle_comment(document: Document) -> Iterator[Edit]:
    for call in _calls(document):
        if _TORCH.search(_name(document, call)):
            start = document.span(call)[0]
            end = document.text.index("\n", start)
            if "#" not in document.text[start:end]:
                yield end, end, "  # gconv-lint: ignore[GC002]"


PLANTERS: Mapping[str, Callable[[Document], Iterator[Edit]]] = {
    "`/` in groups": _true_division,
    "groups that do not divide": _no_divisor,
    "groups rounded down to zero": _zero,
    "shuffle that does not divide": _shuffle_count,
    "`.contiguous()` forgotten": _no_copy,
    "groups passed as dilation": _as_dilation,
    "depthwise without groups": _dense_depthwise,
    "pointwise with groups": _grouped_pointwise,
    "shuffle left out": _no_shuffle,
    "transpose left out of a shuffle": _no_transpose,
    "channels flattened without transpose": _rows,
    "groups=1 written out": _one_group,
    "bias in front of a norm": _idle_bias,
    "comment that silences nothing": _idle_comment,
}

#: The rules that a fault is for.
AIMS: Mapping[str, str] = {
    "`/` in groups": "GC001, GC016",
    "groups that do not divide": "GC002, GC003",
    "groups rounded down to zero": "GC004",
    "shuffle that does not divide": "GC009",
    "`.contiguous()` forgotten": "GC010",
    "groups passed as dilation": "GC011",
    "depthwise without groups": "GC012",
    "pointwise with groups": "GC013",
    "shuffle left out": "GC101",
    "transpose left out of a shuffle": "GC103",
    "channels flattened without transpose": "GC405",
    "groups=1 written out": "GC501",
    "bias in front of a norm": "GC504",
    "comment that silences nothing": "GC900",
}
