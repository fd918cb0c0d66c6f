"""Actions that put a layer in front of the flagged one or behind it, and keep the names of parameters if they can."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from gconv_lint.fixes import layers
from gconv_lint.fixes.cases import Case, Draft, Unplaced, is_repeatable
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import INSERT, REPLACE
from gconv_lint.model.fixes import Change

RENUMBERED = "; the layers behind it get new numbers in the state_dict"


def insert_shuffle(case: Case) -> Draft | None:
    """A channel shuffle by the groups of the convolution before, in front of the flagged one."""
    document, spot = case.document, case.call
    if document is None or spot is None or not isinstance(spot.node, ast.Call) or case.word("joins") != "True":
        return None
    inside = layers.element(document, spot.node)
    if inside is not None:
        return _shuffle_in_sequential(case, inside)
    earlier, later = _attributes(case, document)
    if later is None or earlier is None:
        return None
    groups, nn = groups_text(earlier.document, earlier.made), layers.torch_nn(earlier.document)
    if not nn or not groups:
        return None
    # Made behind the first one: further down its groups may have another value.
    return Draft(called_on(earlier, later.used.args[0], "shuffle", f"{nn}.ChannelShuffle({groups})"))


def _attributes(case: Case, document: Document) -> tuple[layers.Attribute | None, layers.Attribute | None]:
    """The layer before the flagged one, and that one, or what holds them: attributes of the class that runs them."""
    where = case.documents.get(case.word("path")) or document
    owner = layers.class_named(where, case.word("model"))
    earlier, later = (case.word(word).partition(".")[0] for word in ("before", "layer"))
    if owner is None or earlier == later:
        return None, None
    return layers.attribute(where, owner, earlier), layers.attribute(where, owner, later)


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


def groups_text(document: Document, call: ast.Call) -> str:
    """What a call passes as ``groups``, as it is written; nothing where that is not to be written twice."""
    passed = [keyword.value for keyword in call.keywords if keyword.arg == "groups"]
    return document.source(passed[0]) if passed and is_repeatable(passed[0]) else ""


def _shuffle_in_sequential(case: Case, inside: layers.Element) -> Draft | None:
    """In a literal Sequential: beside a layer without parameters if there is one, else as an element of its own."""
    document = inside.document
    nn = layers.torch_nn(document)
    groups = next((text for each in inside.before if (text := _given_groups(document, each))), case.word("groups"))
    if not nn or not groups:
        return None
    shuffle = f"{nn}.ChannelShuffle({groups})"
    for each in inside.before:
        if not isinstance(each, ast.Call) or _given_groups(document, each):
            break
        if layers.is_parameterless(each):
            both = f"{nn}.Sequential({document.source(each)}, {shuffle})"
            return Draft([document.change(each, REPLACE, both)])
    title = case.plan.recipe.title + RENUMBERED
    return Draft(_element_before(document, inside.container.args[inside.number], shuffle), title)


def _given_groups(document: Document, node: ast.expr) -> str:
    return groups_text(document, node) if isinstance(node, ast.Call) else ""


def _element_before(document: Document, node: ast.expr, text: str) -> list[Change]:
    start, _ = document.span(node)
    return [document.change_range(start, start, INSERT, text + separator(document, start))]


def separator(document: Document, start: int) -> str:
    """A comma and what stands in front of an element: a space, or the line end with its indentation."""
    line = document.text[document.offset(document.place(start, start).line, 1) : start]
    return f",{document.newline}{line}" if not line.strip() else ", "
