"""Follow one tensor through splitting, swapping and merging of axes: ``view_chain``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gconv_lint.frontends.source.constructs.axes import Axes, apply
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import nodes
from gconv_lint.frontends.source.constructs.tensor_blocks import judged_blocks, leaves_one_group, written
from gconv_lint.frontends.source.constructs.torch_names import names_channel_shuffle
from gconv_lint.frontends.source.walking import walk
from gconv_lint.model.constructs import Construct

_AXES_1_2 = re.compile(r"[^()]*(?:\([^()]*)?\b(?:1\s*,\s*2|2\s*,\s*1)\b")
_VIEW_BEHIND = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)?\)\s*\.view\(")
_SWAPS = ("transpose(", "permute(", "swapaxes(", "swapdims(")
_STEPS = frozenset({"view", "reshape", "transpose", "swapaxes", "swapdims", "permute", "contiguous"})
_COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match),
    getattr(ast, "TryStar", ast.Try),
)
_CHOICES = (ast.IfExp, ast.BoolOp)


def find(file: SourceFile) -> Iterator[Construct]:
    """Chains that split an axis and merge axes again, in the functions that could have a wrong one."""
    for scope in _worth_reading(file):
        yield from _Reading(file, scope).constructs()


def _worth_reading(file: SourceFile) -> Iterator[Scope]:
    """Functions with ``.view`` behind a swap of axes 1 and 2, and all functions about shuffling."""
    if "huffle" in file.text:
        yield from (scope for scope in file.outline.functions if _named_shuffle(scope))
    if ".view(" not in file.text:
        return
    swaps = file.lines_with(*_SWAPS, then=_AXES_1_2)
    if not swaps:
        return
    first_swap = {file.function_at(line): line for line in reversed(swaps)}
    # A line with a view and a swap is most often ``q.view(...).transpose(1, 2)``: a split, which needs no look.
    merges = set(file.lines_with(".view(")).difference(swaps).union(file.lines_with(*_SWAPS, then=_VIEW_BEHIND))
    last_merge = {file.function_at(line): line for line in sorted(merges)}
    for scope, line in first_swap.items():
        if scope is not None and not _named_shuffle(scope) and last_merge.get(scope, 0) >= line:
            yield scope


def _named_shuffle(scope: Scope) -> bool:
    return names_channel_shuffle(scope.qualified_name)


class _Step(NamedTuple):
    operation: str
    arguments: Sequence[ast.expr]
    call: ast.Call


class _Reading:
    """One pass over a function's statements that knows the axes of its local tensors."""

    def __init__(self, file: SourceFile, scope: Scope) -> None:
        self.file = file
        self.scope = scope
        self.found: list[Construct] = []

    def constructs(self) -> list[Construct]:
        pending: list[tuple[Sequence[ast.stmt], dict[str, Axes]]] = [(self.scope.node.body, {})]
        while pending:
            body, known = pending.pop()
            for statement in body:
                if isinstance(statement, _COMPOUND):
                    pending.extend((block, dict(known)) for block in judged_blocks(statement))
                    # Which branch ran, and what it assigned, is not known behind it.
                    known.clear()
                    if leaves_one_group(statement):
                        break
                else:
                    self.statement(statement, known)
        return self.found

    def statement(self, statement: ast.stmt, known: dict[str, Axes]) -> None:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            return
        axes = self.chains(statement, known)
        for node in nodes([statement]) if known else ():
            for name in written(node):
                known.pop(name, None)
        if axes is not None and isinstance(statement, ast.Assign):
            known.update((t.id, axes) for t in statement.targets if isinstance(t, ast.Name))

    def chains(self, statement: ast.stmt, known: Mapping[str, Axes]) -> Axes | None:
        """Follow every chain of the statement; the axes of its value when that is a chain itself."""
        value = getattr(statement, "value", None)
        result: Axes | None = known.get(value.id) if isinstance(value, ast.Name) else None
        # Which branch of an expression runs, such as a view for one group only, is not known.
        parts = list(walk(statement))
        seen = {id(part) for node in parts if isinstance(node, _CHOICES) for part in walk(node)}
        for node in parts:
            if id(node) not in seen and _is_step(node):
                base, steps = _chain(node)
                seen.update(id(step.call) for step in steps)
                axes = self.follow(base, steps, known)
                result = axes if node is value else result
        return result

    def follow(self, base: ast.AST, steps: Sequence[_Step], known: Mapping[str, Axes]) -> Axes | None:
        axes = known.get(base.id) if isinstance(base, ast.Name) else None
        for step in steps:
            before = axes
            axes = apply(before, step.operation, step.arguments, self.file.code)
            if before is not None and axes is not None and before.merges_into(axes):
                self.report(before, axes, step.operation, step.call)
        return axes

    def report(self, before: Axes, after: Axes, operation: str, call: ast.Call) -> None:
        swaps = before.order != tuple(sorted(before.order))
        if not swaps and not _named_shuffle(self.scope):
            return
        self.found.append(
            self.file.construct(
                "view_chain",
                call,
                function=self.scope.qualified_name,
                split_rank=len(before.sizes),
                merged_rank=len(after.sizes),
                swaps_group_axes=before.swaps_group_axes(after),
                swaps=swaps,
                contiguous=before.contiguous or operation == "reshape",
            )
        )


def _is_step(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _STEPS


def _chain(node: ast.AST) -> tuple[ast.AST, list[_Step]]:
    """``base, steps`` of ``base.view(...).transpose(1, 2)``, also when written ``torch.transpose(base, 1, 2)``."""
    steps: list[_Step] = []
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _STEPS:
        base, arguments = node.func.value, node.args
        if dotted(base) == "torch" and arguments:
            base, arguments = arguments[0], arguments[1:]
        steps.append(_Step(operation=node.func.attr, arguments=arguments, call=node))
        node = base
    steps.reverse()
    return node, steps
