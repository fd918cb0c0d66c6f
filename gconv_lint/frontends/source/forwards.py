"""Decides which ``forward`` methods are worth following, and follows them."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import torch_modules
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.tensors import Tensor
from gconv_lint.frontends.source.traces import Node, Trace
from gconv_lint.frontends.source.values import ClassValue, Function, Instance, Module, OutOfFuel, Raised, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: A block with more grouped convolutions than this is a whole network: its blocks are looked at one by one.
MAX_GROUPED = 6
#: A script's model of more modules than this is not followed through.
MAX_MODULES = 64
FUEL = 4_000
_FUNCTIONAL = re.compile(r"\bconv(_transpose)?[123]d\(")
_FUNCTIONAL_WORDS = tuple(f"{kind}{rank}d(" for kind in ("conv", "_transpose") for rank in "123")


class Forwards:
    """Follows the ``forward`` of blocks, literal Sequentials and models that a script runs."""

    __slots__ = ("_followed", "_grouped", "_speaks", "ev", "scripts")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.scripts: dict[Module, Trace] = {}
        self._speaks: dict[ClassValue, bool] = {}
        self._grouped: dict[Instance, int] = {}
        self._followed: dict[Instance, Trace] = {}

    def built(self, instance: Instance, call: Call) -> None:
        """An instance is complete: follow its ``forward`` if several grouped convolutions meet there first."""
        if self.ev.tensors.trace is not None:
            return
        cls = instance.cls
        forward = cls.lookup("forward") if isinstance(cls, ClassValue) else None
        is_sequence = torch_modules.SEQUENTIAL in torch_modules.external_names(instance)
        if not (isinstance(forward, Function) or is_sequence):
            return
        if self._meets(instance, is_sequence) or (
            isinstance(cls, ClassValue) and isinstance(forward, Function) and self._functional(cls, forward)
        ):
            self._follow(instance, forward if isinstance(forward, Function) else None, call)

    def _meets(self, instance: Instance, is_sequence: bool) -> bool:
        """Whether grouped convolutions of several children meet here, or one meets what a literal Sequential holds."""
        parts = [v for v in instance.attrs.values() if isinstance(v, Instance)]
        counts = [self._count(v) for v in parts]
        total = sum(counts)
        if total > MAX_GROUPED:
            return False
        if is_sequence or self.ev.thorough or any(v.layer is not None and v.layer.kind == "shuffle" for v in parts):
            return any(map(_is_grouped, parts)) or total >= 2
        # What a container holds meets in the forward of its owner; one child's own are looked at in the child's.
        return total >= 2 and (
            max(counts) < total or any(n == total and torch_modules.is_container(p) for n, p in zip(counts, parts))
        )

    def _count(self, instance: Instance) -> int:
        """Grouped convolutions that mix within their groups, at or below an instance."""
        known = self._grouped.get(instance)
        if known is None:
            self._grouped[instance] = 0
            known = _capable(instance) + sum(self._count(v) for v in instance.attrs.values() if isinstance(v, Instance))
            self._grouped[instance] = known
        return known

    def _functional(self, cls: ClassValue, forward: Function) -> bool:
        if cls not in self._speaks:
            file, node = forward.module.file, forward.code.node
            speaks = file.speaks(node, _FUNCTIONAL_WORDS)
            self._speaks[cls] = speaks and _FUNCTIONAL.search(file.segment(node)) is not None
        return self._speaks[cls]

    def _follow(self, instance: Instance, forward: Function | None, call: Call) -> None:
        ev = self.ev
        name = _class_name(instance)
        module = call.module
        if module is None:
            return
        fuel, ev.fuel = ev.fuel, FUEL
        frame = Frame(module, {}, call)
        try:
            trace = ev.heap.trial(
                lambda: ev.tensors.follow(name, False, lambda x: self._run(instance, forward, x, frame))
            )
        except (Raised, OutOfFuel):
            trace = None
        ev.fuel = fuel
        if trace is not None:
            if forward is None and call.parent is not None and _in_method(call.parent):
                # A part of a module: what reads it is in the module's own forward.
                trace.outputs = []
            ev.memo.current.graphs.append((trace, module))
            self._followed[instance] = trace

    def changed(self, instance: Instance) -> None:
        """The children of a module were replaced: what was seen of it does not hold."""
        trace = self._followed.pop(instance, None)
        if trace is not None:
            trace.nodes.clear()
            trace.outputs.clear()

    def hooked(self, module: Module) -> None:
        """Something else than ``forward`` runs with a model of a script."""
        self.scripts[module] = trace = self.scripts.get(module) or Trace("", True)
        trace.cut = True

    def _run(self, instance: Instance, forward: Function | None, x: Tensor, f: Frame) -> Value:
        if forward is None:
            return self.ev.torch.call_module(instance, [x], {}, f.call.node, f, None)
        code = forward.code
        variables: dict[str, Any] = {}
        for position, name in enumerate(code.params):
            default = position >= code.required
            variables[name] = forward.defaults[position - code.required] if default else self.ev.heap.fresh(name)
        variables.update(forward.kw_defaults)
        variables.update(dict(zip(code.params, (instance, x))))
        for extra in (code.varargs, code.kwargs):
            if extra is not None:
                variables[extra] = self.ev.heap.fresh(extra)
        return self.ev.functions.run(forward, [], {}, f.call.node, f, Call(f.call.node, f.module, f.call), variables)

    def call(
        self,
        instance: Instance,
        forward: Function | None,
        args: list[Value],
        kwargs: dict[Any, Value],
        node: ast.AST | None,
        f: Frame,
    ) -> Value:
        """``instance(...)``: run where a trace is going on, start one where a script runs its model."""
        tensors = self.ev.tensors
        if tensors.trace is not None:
            return self._apply(instance, forward, args, kwargs, node, f)
        if not _in_script(f.call) or not self._small_and_grouped(instance):
            tensors.escaped.update(a.node for a in args if isinstance(a, Tensor) and a.node is not None)
            return self.ev.heap.fresh("output")
        trace = self.scripts.setdefault(f.module, Trace(_class_name(instance), True))
        tensors.trace = trace
        try:
            result = self._apply(
                instance, forward, [*(self._input(a, trace) for a in args[:1]), *args[1:]], kwargs, node, f
            )
        finally:
            tensors.trace = None
        for part in result if isinstance(result, tuple) else (result,):
            if isinstance(part, Tensor) and part.node is not None:
                trace.outputs.append(part.node)
        return result

    def _apply(
        self,
        instance: Instance,
        forward: Function | None,
        args: list[Value],
        kwargs: dict[Any, Value],
        node: ast.AST | None,
        f: Frame,
    ) -> Value:
        if forward is None:
            return self.ev.torch.call_module(instance, args, kwargs, node, f, None)
        return self.ev.torch.inside(node, lambda: self.ev.functions.run(forward, [instance, *args], kwargs, node, f))

    def _input(self, value: Value, trace: Trace) -> Tensor:
        if isinstance(value, Tensor) and value.node is not None:
            return value
        shape = value.shape if isinstance(value, Tensor) else None
        return Tensor(shape, trace.add(Node("input", (), shape)))

    def _small_and_grouped(self, instance: Instance) -> bool:
        stack, seen, grouped = [instance], 0, False
        while stack and seen <= MAX_MODULES:
            item = stack.pop()
            seen += 1
            conv = item.layer.conv if item.layer is not None else None
            grouped = grouped or (conv is not None and isinstance(conv.groups, int) and conv.groups > 1)
            stack.extend(v for v in item.attrs.values() if isinstance(v, Instance))
        return grouped and seen <= MAX_MODULES

    def closed(self) -> list[tuple[Trace, Module]]:
        """The traces of scripts; an output that something else went on to read is none."""
        found = []
        for module, trace in self.scripts.items():
            read = {i for node in trace.nodes for i in node.inputs} | self.ev.tensors.escaped
            trace.outputs = [o for o in trace.outputs if o not in read]
            for node in trace.nodes:
                if node.conv is not None and _freezes(module, node.module):
                    node.attrs = {**node.attrs, "trainable": False}
            if trace.outputs and not trace.cut:
                found.append((trace, module))
        return found


def _freezes(*modules: Module | None) -> bool:
    """Whether the code of a script or of a layer speaks of weights that are not to be trained."""
    return any("requires_grad" in module.file.text for module in modules if module is not None)


def _is_grouped(instance: Instance) -> bool:
    """A grouped convolution, a depthwise one too, or a shuffle."""
    if instance.layer is None or instance.layer.kind != "conv":
        return instance.layer is not None and instance.layer.kind == "shuffle"
    groups = instance.layer.conv.groups
    return isinstance(groups, int) and groups > 1


def _class_name(instance: Instance) -> str:
    return instance.cls.name.rpartition(".")[2]


def _capable(instance: Instance) -> bool:
    conv = instance.layer.conv if instance.layer is not None else None
    if conv is None or not isinstance(conv.groups, int) or not isinstance(conv.in_channels, int):
        return False
    return 1 < conv.groups < conv.in_channels


def _in_method(call: Call) -> bool:
    """Whether a call runs a method of a class."""
    params = call.callee.params if call.callee is not None else []
    return params[:1] == ["self"]


def _in_script(call: Call) -> bool:
    """Whether the chain of calls begins at a module's top level, and not in a definition that nobody called."""
    while call.parent is not None:
        call = call.parent
    return call.callee is None
