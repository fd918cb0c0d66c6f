"""Tensors: not followed yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


class Tensors:
    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev

    def is_tensor(self, value: Value) -> bool:
        return False

    def knows(self, name: str) -> bool:
        return False

    def attribute(self, owner: Value, name: str) -> Value:
        return self.ev.heap.fresh(name)

    def item(self, owner: Value, index: Value) -> Value:
        return self.ev.heap.fresh("item")

    def operate(self, *a: Any) -> Value:
        return self.ev.heap.fresh("op")

    def call_module(self, *a: Any) -> Value:
        return self.ev.heap.fresh("out")

    def call_function(self, *a: Any) -> Value:
        return self.ev.heap.fresh("out")

    def method(self, *a: Any) -> Value:
        return self.ev.heap.fresh("out")
