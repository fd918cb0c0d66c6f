"""Objects that are not as their constructors left them: what was seen of them before does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.source.memo import held_by
from gconv_lint.frontends.source.traces import Trace
from gconv_lint.frontends.source.values import ClassValue, Instance, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Attributes of layers that say nothing of which channels meet.
HARMLESS = {
    "weight", "bias", "inplace", "training", "eps", "momentum", "padding_mode", "requires_grad", "data", "running_mean",
    "running_var", "name",
}  # fmt: skip
#: Attributes that stand for what a call of a module does.
_CODE = {"forward", "__call__", "_conv_forward", "_call_impl", "_slow_forward", "__class__", "_forward_hooks"}


class Alterations:
    """Drops the traces of objects that somebody changes; ``opaque`` ones do nobody knows what when they are called."""

    __slots__ = ("_opaque", "_traces", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self._traces: dict[Instance, list[Trace]] = {}
        self._opaque: set[Instance] = set()

    def rests(self, trace: Trace, instance: Instance) -> None:
        """A trace was made of an object as it is now, with all that it holds."""
        for part in held_by([instance]):
            if isinstance(part, Instance):
                self._traces.setdefault(part, []).append(trace)

    def changed(self, instance: Instance) -> None:
        """The children or settings of an object were replaced."""
        for trace in self._traces.pop(instance, ()):
            trace.nodes.clear()
            trace.outputs.clear()

    def opaque(self, instance: Instance) -> None:
        """What a call of an object does is not known any more."""
        self._opaque.add(instance)
        self.changed(instance)

    def is_opaque(self, instance: Instance) -> bool:
        """Whether what a call of an object does is not known."""
        return instance in self._opaque

    def stored(self, owner: Instance, name: str, value: Value) -> None:
        """``owner.name = value``."""
        if name in _CODE or (owner.layer is not None and name not in HARMLESS):
            self.opaque(owner)
        elif owner in self._traces and not (self.ev.tensors.trace is not None and self.ev.tensors.is_tensor(value)):
            self.changed(owner)

    def patched(self, cls: ClassValue) -> None:
        """``cls.name = value``: all its objects are other ones."""
        for instance in list(self._traces):
            if isinstance(instance.cls, ClassValue) and cls in instance.cls.mro:
                self.changed(instance)
