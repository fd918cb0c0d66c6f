"""The action that puts a pointwise convolution behind a depthwise one, and keeps the names of parameters if it can."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.fixes import layers
from gconv_lint.fixes.actions.insertions import RENAMED, called_on, separator
from gconv_lint.fixes.cases import Case, Draft
from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.rewriting import INSERT, REPLACE
from gconv_lint.fixes.texts import argument_text, groups_text, pointwise


def insert_pointwise(case: Case) -> Draft | None:
    """A pointwise convolution behind the last depthwise one of a ``class``, or behind the flagged one."""
    document, spot = case.document, case.call
    owner = layers.class_named(document, case.word("class")) if document is not None else None
    if document is not None and owner is not None:
        stored = [layers.stored_under(document, call) for call in _depthwise(document, owner)]
        last = next((name for name in reversed(stored) if name), "")
        depthwise = layers.attribute(document, owner, last) if last else None
        if depthwise is not None:
            width = _unread_width(owner) or argument_text(document, depthwise.made, "out_channels", 1)
            made = pointwise(document, depthwise.made, after=width)
            return Draft(called_on(depthwise, depthwise.used, "pointwise", made)) if made else None
    return _behind(case, document, spot.node) if document and spot and isinstance(spot.node, ast.Call) else None


def _depthwise(document: Document, owner: ast.ClassDef) -> Iterator[ast.Call]:
    for call in ast.walk(owner):
        groups = groups_text(document, call) if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and groups and groups == argument_text(document, call, "in_channels", 0):
            yield call


def _behind(case: Case, document: Document, call: ast.Call) -> Draft | None:
    """Behind the call itself: as the last element of its sequence, with the next one, or in a sequence of its own."""
    made, nn, inside = pointwise(document, call), layers.torch_nn(document), layers.element(document, call)
    if not made or not nn:
        return None
    behind = inside.container.args[inside.number + 1 :] if inside is not None else []
    if inside is not None and not behind:
        start, end = document.span(call)
        return Draft([document.change_range(end, end, INSERT, separator(document, start) + made)])
    if behind and layers.is_parameterless(behind[0]):
        both = f"{nn}.Sequential({made}, {document.source(behind[0])})"
        return Draft([document.change(behind[0], REPLACE, both)])
    if layers.is_looked_into(document, call):
        return None
    text = f"{nn}.Sequential({document.source(call)}, {made})"
    return Draft([document.change(call, REPLACE, text)], case.plan.recipe.title + RENAMED)


def _unread_width(owner: ast.ClassDef) -> str:
    """The parameter of ``__init__`` for output channels that the class takes and does not read."""
    read = {node.id for node in ast.walk(owner) if isinstance(node, ast.Name)}
    init = next((each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    parameters = [] if init is None else [*init.args.posonlyargs, *init.args.args, *init.args.kwonlyargs]
    names = [each.arg for each in parameters if each.arg.startswith("out") and each.arg not in read]
    return names[0] if len(names) == 1 else ""
