"""The memory of tensors: what is lost of all that share it when somebody writes to one of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.tensor_values import Tensor
from gconv_lint.frontends.source.traces import MAX_NODES, Node, Trace
from gconv_lint.frontends.source.values import DictValue, ListValue, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator
    from gconv_lint.frontends.source.tensors import Tensors


class Memory:
    """Writes to tensors, and says which node a tensor is after all that was written."""

    def __init__(self, tensors: Tensors, ev: Evaluator) -> None:
        self.tensors = tensors
        self.ev = ev
        #: nodes of scripts that something outside a trace went on to use
        self.escaped: set[tuple[Trace, int]] = set()

    @property
    def trace(self) -> Trace | None:
        """The trace that goes on."""
        return self.tensors.trace

    def number(self, tensor: Tensor) -> int | None:
        """The node of a tensor in this trace, behind whatever was written to its memory."""
        if tensor.is_lost:
            return self._anything()
        if not tensor.is_overwritten:
            return self._here(tensor.state["at"])
        write = tensor.memory["write"]
        both = [n for n in (self._here(tensor.state["at"]), self._here(write)) if n is not None]
        if not both or self.trace is None:
            return both[-1] if both else None
        made = self.trace.add(Node("unknown", tuple(both), None))
        self.ev.heap.put(tensor.state, "at", (self.trace, made))
        if tensor.state["layout"] is not None:
            self.ev.heap.put(tensor.state, "shape", None)
        self.ev.heap.put(tensor.state, "layout", None)
        self.ev.heap.put(tensor.state, "seen", write)
        return made

    def _here(self, at: Any) -> int | None:
        """The number of a node of this trace; a node of another trace may depend on anything."""
        while isinstance(at, list):
            at = at[0]
        if at is None:
            return None
        if isinstance(at, tuple) and self.trace in (None, at[0]):
            return int(at[1])
        return self._anything()

    def _anything(self) -> int | None:
        """A node that may depend on all nodes so far."""
        if self.trace is None:
            return None
        count = len(self.trace.nodes)
        self.trace.cut = self.trace.cut or count >= MAX_NODES
        last = self.trace.nodes[-1] if count else None
        if last is not None and last.kind == "unknown" and len(last.inputs) == count - 1:
            return count - 1
        return self.trace.add(Node("unknown", tuple(range(count)), None))

    def write(self, owner: Tensor, made: Tensor, moved: bool = False) -> None:
        """Everybody who holds ``owner`` sees it become ``made``; ``moved`` if its shape may be another one."""
        put = self.ev.heap.put
        number, layout = made.node, made.layout
        at = made.state["at"] if self.trace is None or number is None else (self.trace, number)
        write = [at]
        if layout is None and owner.state["layout"] is not None:
            put(owner.state, "shape", None)
        put(owner.memory, "write", write)
        for name, value in (("at", at), ("layout", layout), ("seen", write)):
            put(owner.state, name, value)
        if moved:
            put(owner.memory, "moved", write)

    def overwrite(self, owner: Value, value: Value = None) -> None:
        """``tensor[...] = value``: what it holds is not known any more."""
        if isinstance(owner, Tensor):
            self.write(owner, self.tensors.unknown([owner, value]))
            self.escape([value])

    def store(self, owner: Value, name: str, value: Value) -> None:
        """``tensor.name = value``."""
        if isinstance(owner, Tensor) and name in ("data", "__class__", "real", "imag"):
            self.write(owner, self.tensors.unknown([owner, value]), moved=True)
            self.lose(value)
        self.escape([value])

    def lose(self, value: Value) -> None:
        """Somebody unknown may hold some tensors from now on, and write to them at any time."""
        if isinstance(value, Tensor):
            self.escape([value])
            self.ev.heap.put(value.memory, "moved", True)
            if self.trace is not None or value.state["at"] is not None:
                self.ev.heap.put(value.memory, "lost", True)
        elif isinstance(value, tuple):
            for part in value:
                self.lose(part)
        elif isinstance(value, (ListValue, DictValue)):
            self.lose(tuple(value.items.values() if isinstance(value, DictValue) else value.items))

    def escape(self, values: Iterable[Value]) -> None:
        """Outside a trace somebody goes on to use some tensors."""
        if self.trace is None:
            for value in values:
                at = value.state["at"] if isinstance(value, Tensor) else None
                if isinstance(at, tuple):
                    self.escaped.add(at)
