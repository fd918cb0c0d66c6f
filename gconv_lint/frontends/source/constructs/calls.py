"""Single calls that are wrong as written: ``transposed_call``, ``data_dependent_groups``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gconv_lint.frontends.source.constructs.batch_size import Locals
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import argument, integer
from gconv_lint.frontends.source.constructs.torch_names import (
    CONV_CLASSES,
    FUNCTIONAL_CONVS,
    FUNCTIONAL_GROUPS,
    FUNCTIONAL_TAIL,
    dilation_like,
    groups_like,
)
from gconv_lint.model.constructs import Construct

#: Positions in ``nn.ConvTranspose*d`` from stride on; channels and kernel size are never taken for groups.
_FIRST_CHECKED, _MODULE_GROUPS, _MODULE_DILATION = 3, 6, 8
#: Slots for which a dilation is a usual number: a stride or padding that goes with it, and its own.
_DILATION_SLOTS = frozenset({3, 4, _MODULE_DILATION})
_FUNCTIONAL_DILATION = 7


def find_transposed(file: SourceFile) -> Iterator[Construct]:
    """Transposed convolutions given so many positional arguments that groups and dilation are among them."""
    for call in file.calls_on(file.lines_with("conv_transpose", "ConvTranspose")):
        function = file.names.resolve(call.func)
        if "ranspose" not in function or any(isinstance(a, ast.Starred) for a in call.args):
            continue
        if function in FUNCTIONAL_CONVS and len(call.args) > _FUNCTIONAL_DILATION:
            yield _functional(file, call)
        elif function in CONV_CLASSES and len(call.args) > _FIRST_CHECKED:
            yield _module(file, call)


def _functional(file: SourceFile, call: ast.Call) -> Construct:
    groups, dilation = call.args[FUNCTIONAL_GROUPS], call.args[_FUNCTIONAL_DILATION]
    return file.construct(
        "transposed_call",
        call,
        function=file.code(call.func),
        functional=True,
        groups_slot_text=file.code(groups),
        dilation_slot_text=file.code(dilation),
        swapped=dilation_like(groups) and groups_like(dilation),
        both_one=_both_one(groups, dilation),
    )


def _module(file: SourceFile, call: ast.Call) -> Construct:
    slots = dict(enumerate(call.args))
    misplaced = [
        index
        for index, value in slots.items()
        if index >= _FIRST_CHECKED
        and (
            (groups_like(value) and index != _MODULE_GROUPS) or (dilation_like(value) and index not in _DILATION_SLOTS)
        )
    ]
    groups, dilation = slots.get(_MODULE_GROUPS), slots.get(_MODULE_DILATION)
    return file.construct(
        "transposed_call",
        call,
        function=file.code(call.func),
        functional=False,
        groups_slot_text=file.code(groups) if groups else None,
        dilation_slot_text=file.code(dilation) if dilation else None,
        swapped=bool(misplaced),
        both_one=_both_one(groups, dilation),
    )


def _both_one(groups: ast.expr | None, dilation: ast.expr | None) -> bool | None:
    """Known for literals only: a name can be 1 today and 2 tomorrow."""
    values = [integer(node) for node in (groups, dilation) if node is not None]
    return None if None in values or len(values) < 2 else values == [1, 1]


def find_data_dependent(file: SourceFile) -> Iterator[Construct]:
    """Functional convolutions whose number of groups is computed from the batch size."""
    known: dict[Scope, Locals] = {}
    for call in file.calls_on(file.lines_with("conv", then=FUNCTIONAL_TAIL)):
        if file.names.resolve(call.func) in FUNCTIONAL_CONVS:
            groups = argument(call, "groups", FUNCTIONAL_GROUPS)
            function = file.function_at(call.lineno)
            if groups is None or function is None or isinstance(groups, ast.Constant):
                continue
            if function not in known:
                known[function] = Locals(function.node)
            if known[function].from_batch(groups):
                yield file.construct("data_dependent_groups", groups, text=file.code(groups))
