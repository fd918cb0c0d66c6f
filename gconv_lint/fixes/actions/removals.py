"""The action that takes a layer out and keeps the names of all others."""

from __future__ import annotations

import ast

from gconv_lint.fixes import layers
from gconv_lint.fixes.cases import Case, Draft
from gconv_lint.fixes.rewriting import REPLACE


def drop_layer(case: Case) -> Draft | None:
    """Put ``nn.Identity()`` in place of the flagged layer, where that is made and used once."""
    spot = case.call
    if spot is None or not case.plan.everywhere or not isinstance(spot.node, ast.Call):
        return None
    document, call = spot.document, spot.node
    owner, name, nn = document.class_of(call), layers.stored_under(document, call), layers.torch_nn(document)
    alone = owner is not None and name and layers.attribute(document, owner, name) is not None
    if not nn or not (alone or layers.element(document, call) is not None or layers.is_appended(document, call)):
        return None
    return Draft([document.change(call, REPLACE, f"{nn}.Identity()")])
