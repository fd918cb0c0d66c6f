"""Actions that put a layer in front of the flagged one or behind it, and keep the names of parameters if they can."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gconv_lint.fixes import layers
from gconv_lint.fixes.cases import Case, Draft, Unplaced
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import INSERT, REPLACE
from gconv_lint.fixes.spots import Spot
from gconv_lint.fixes.texts import groups_text, pointwise
from gconv_lint.model.fixes import Change

RENAMED = "; its parameters get new names in the state_dict"
RENUMBERED = "; the layers behind it get new numbers in the state_dict"


def inserted(case: Case, title: str = "") -> Draft | None:
    """A channel shuffle by the groups of the convolution before, in front of the flagged one.

    With a ``title`` of its own, which says why, a dense 1x1 convolution.
    """
    document, spot = case.document, case.call
    if document is None or spot is None or not isinstance(spot.node, ast.Call):
        return None
    inside = layers.element(document, spot.node)
    if inside is not None:
        return _in_sequential(case, inside, title)
    earlier, later = attributes(case, document, spot.node)
    if later is None or earlier is None:
        return _in_front(case, document, spot.node, title)
    groups, nn = _groups_of(case, earlier), layers.torch_nn(earlier.document)
    if title:
        made, name = pointwise(earlier.document, earlier.made), "mix"
    else:
        made, name = f"{nn}.ChannelShuffle({groups})" if nn and groups else "", "shuffle"
    # Made behind the first one: further down its groups may have another value.
    try:
        changes = called_on(earlier, later.used.args[0], name, made) if made else ()
        return Draft(changes, title, inserts=_kind(title)) if changes else None
    except Unplaced:
        return _in_front(case, document, spot.node, title)


def _groups_of(case: Case, first: layers.Attribute) -> str:
    """The groups of the first convolution as they are written: by keyword, or as the number itself."""
    number = case.word("groups")
    numbers = [each.value for each in first.made.args if isinstance(each, ast.Constant)]
    return groups_text(first.document, first.made) or (number if numbers.count(int(number)) == 1 else "")


def _kind(title: str) -> str:
    return "dense" if title else "shuffle"


def _in_front(case: Case, document: Document, call: ast.Call, title: str) -> Draft | None:
    """In a sequence with the flagged layer, wherever that is made."""
    nn = layers.torch_nn(document)
    made = pointwise(document, call, of="in_channels") if title else f"{nn}.ChannelShuffle({case.word('groups')})"
    if not nn or not made or layers.is_looked_into(document, call) or is_shared(case, document):
        return None
    text = f"{nn}.Sequential({made}, {document.source(call)})"
    renamed = (title or case.plan.recipe.title) + RENAMED
    return Draft([document.change(call, REPLACE, text)], renamed, inserts=_kind(title))


def is_shared(case: Case, document: Document) -> bool:
    """Whether the first convolution is made in the same place: what is put in front of one is in front of both."""
    places = {document.span(call.node) for call in _related(case) if call.document is document}
    return case.call is not None and (not places or document.span(case.call.node) in places)


def _related(case: Case) -> Iterator[Spot]:
    """The calls that make the other convolutions of the chain."""
    for related in case.finding.related:
        document = case.documents.get(related.place.path)
        call = document.call_at(related.place) if document is not None else None
        if document is not None and call is not None:
            yield Spot(document, call)


def attributes(
    case: Case, document: Document, call: ast.Call
) -> tuple[layers.Attribute | None, layers.Attribute | None]:
    """The layer before the flagged one, and that one, or what holds them: attributes of the class that runs them."""
    where = case.documents.get(case.word("path")) or document
    owner = layers.class_named(where, case.word("model"))
    earlier, later = (case.word(word).partition(".")[0] for word in ("before", "layer"))
    if owner is not None and earlier != later:
        found = layers.attribute(where, owner, earlier), layers.attribute(where, owner, later)
        if None not in found:
            return found
    owner = document.class_of(call)
    calls = [each.node for each in _related(case) if each.document is document]
    before = next((each for each in calls if document.class_of(each) is owner), None)
    if owner is None or not isinstance(before, ast.Call):
        return None, None
    names = (layers.stored_under(document, each) for each in (before, call))
    first, second = (layers.attribute(document, owner, name) if name else None for name in names)
    return first, second


def called_on(beside: layers.Attribute, node: ast.expr, name: str, made: str) -> Sequence[Change]:
    """The new layer, made behind the statement of the one beside it, and called on ``node``."""
    document, free = beside.document, _free(name, beside.taken)
    start, end = document.span(node)
    return [
        *_statement_behind(document, beside.statement, f"self.{free} = {made}"),
        document.change_range(start, start, INSERT, f"self.{free}("),
        document.change_range(end, end, INSERT, ")"),
    ]


def _statement_behind(document: Document, statement: ast.stmt, text: str) -> list[Change]:
    """A statement on a line of its own behind another one; none where that shares its line."""
    indent = document.indent(statement)
    _, end = document.span(statement)
    rest = re.match(r"[^\r\n]*", document.text[end:])
    tail = rest[0] if rest else ""
    if indent is None or not re.fullmatch(r"\s*(#.*)?", tail):
        raise Unplaced
    end += len(tail)
    return [document.change_range(end, end, INSERT, f"{document.newline}{indent}{text}")]


def _free(name: str, taken: set[str]) -> str:
    """A name that no attribute of the class has."""
    number = 2
    free = name
    while free in taken:
        free = f"{name}{number}"
        number += 1
    return free


def _in_sequential(case: Case, inside: layers.Element, title: str) -> Draft | None:
    """In a literal Sequential: beside a layer without parameters if there is one, else as an element of its own."""
    document, nn, flagged = inside.document, layers.torch_nn(inside.document), inside.container.args[inside.number]
    groups = next((text for each in inside.before if (text := _given_groups(document, each))), case.word("groups"))
    if title and isinstance(flagged, ast.Call):
        made = pointwise(document, flagged, of="in_channels")
    else:
        made = f"{nn}.ChannelShuffle({groups})" if groups else ""
    if not nn or not made:
        return None
    for each in inside.before:
        if not isinstance(each, ast.Call) or _given_groups(document, each):
            break
        if layers.is_parameterless(each):
            both = f"{nn}.Sequential({document.source(each)}, {made})"
            return Draft([document.change(each, REPLACE, both)], title, inserts=_kind(title))
    renumbered = (title or case.plan.recipe.title) + RENUMBERED
    return Draft(_element_before(document, flagged, made), renumbered, inserts=_kind(title))


def _given_groups(document: Document, node: ast.expr) -> str:
    return groups_text(document, node) if isinstance(node, ast.Call) else ""


def _element_before(document: Document, node: ast.expr, text: str) -> list[Change]:
    start, _ = document.span(node)
    return [document.change_range(start, start, INSERT, text + separator(document, start))]


def separator(document: Document, start: int) -> str:
    """A comma and what stands in front of an element: a space, or the line end with its indentation."""
    line = document.text[document.offset(document.place(start, start).line, 1) : start]
    return f",{document.newline}{line}" if not line.strip() else ", "
