"""Follows the ``forward`` of blocks, of literal Sequentials and of models that a script runs."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import containers
from gconv_lint.frontends.source.alterations import Alterations
from gconv_lint.frontends.source.entries import Entry
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.memo import held_by
from gconv_lint.frontends.source.parts import groups_of, has_own_call, is_grouped
from gconv_lint.frontends.source.script_outputs import ScriptOutputs, in_script
from gconv_lint.frontends.source.tensor_values import Tensor
from gconv_lint.frontends.source.traces import Node, Trace
from gconv_lint.frontends.source.values import (
    ClassValue,
    Function,
    Instance,
    Module,
    OutOfFuel,
    Raised,
    Value,
)
from gconv_lint.frontends.source.worth import Worth

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: A script's model of more modules than this is not followed through.
MAX_MODULES = 64
FUEL = 4_000


class Forwards:
    """Keeps what was followed, and what may change it afterwards."""

    __slots__ = (
        "_compared",
        "_growing",
        "_outputs",
        "_worth",
        "alterations",
        "ev",
        "scripts",
    )

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.scripts: dict[Module, Trace] = {}
        self._worth = Worth(ev)
        #: Sequentials that were filled after they were made, with the call and the entry that did so
        self._growing: dict[Instance, tuple[Call, Entry]] = {}
        self._outputs: dict[Module, ScriptOutputs] = {}
        #: outputs that a script goes on with only to compare them with their targets
        self._compared: set[tuple[Trace, int]] = set()
        self.alterations = Alterations(ev)

    def built(self, instance: Instance, call: Call) -> None:
        """An instance is complete: follow its ``forward`` if several grouped convolutions meet there first."""
        if self.ev.tensors.trace is not None or self.alterations.is_opaque(instance):
            return
        cls = instance.cls
        forward = cls.lookup("forward") if isinstance(cls, ClassValue) else None
        own = forward if isinstance(forward, Function) else None
        if self._worth.is_worth_following(instance, own):
            self._follow(instance, own, call)

    def grown(self, instance: Instance, f: Frame) -> None:
        """``sequential.add_module(name, layer)``: what it is in the end shows when the root is through."""
        if instance in self._growing or self.ev.tensors.trace is not None:
            return
        if containers.SEQUENTIAL in containers.external_names(instance):
            self._growing[instance] = Call(None, f.module, f.call), self.ev.memo.current

    def settle(self) -> None:
        """A root is through: follow the Sequentials that were filled and hold grouped convolutions themselves."""
        growing, self._growing = self._growing, {}
        current = self.ev.memo.current
        for instance, (call, entry) in growing.items():
            if any(isinstance(part, Instance) and is_grouped(part) for part in instance.attrs.values()):
                self.ev.memo.current = entry
                self.built(instance, call)
        self.ev.memo.current = current

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
            self.alterations.rests(trace, instance)

    def changed(self, instance: Instance) -> None:
        """The children of an object were replaced: what was seen of it does not hold."""
        self.alterations.changed(instance)

    def hooked(self, module: Module) -> None:
        """Something else than ``forward`` runs with a model of a script."""
        self.scripts[module] = trace = self.scripts.get(module) or Trace("", True)
        trace.cut = True

    def _run(self, instance: Instance, forward: Function | None, x: Tensor, f: Frame) -> Value:
        if forward is None:
            return self.ev.torch.call_module(instance, [x], {}, f.call.node, f, None)
        code = forward.code
        variables: dict[str, Any] = {}
        extra = [name for name in (code.varargs, code.kwargs) if name is not None]
        for name in (*code.params, *code.kw_only, *extra):
            variables[name] = self.ev.heap.fresh(name)  # Who calls it may give what has a default, too.
        variables.update(dict(zip(code.params, (instance, x))))
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
        trace = self.scripts.get(f.module) or Trace(_class_name(instance), True)
        follows = in_script(f.call) and args and _is_given(args[0], trace) and self._small_and_grouped(instance)
        if not follows or self._is_probe(instance, node, f):
            tensors.unknown([*args, *kwargs.values()])
            return self.ev.heap.fresh("output")
        self.scripts[f.module] = tensors.trace = trace
        try:
            given = [self._input(args[0], trace), *args[1:]]
            result = self._apply(instance, forward, given, kwargs, node, f)
            outputs = tensors.outputs(result)
        finally:
            tensors.trace = None
        if self._of_text(f.module).stay(node):
            trace.outputs += outputs
            if self._of_text(f.module).are_compared(node):
                self._compared.update((trace, number) for number in outputs)
        return result

    def _of_text(self, module: Module) -> ScriptOutputs:
        if module not in self._outputs:
            self._outputs[module] = ScriptOutputs(module.file)
        return self._outputs[module]

    def _is_probe(self, instance: Instance, node: ast.AST | None, f: Frame) -> bool:
        """Whether a script only tries out one layer: where its file is run, or a layer of torch for its shape."""
        text = self._of_text(f.module)
        # Equal calls of one function give one object to the evaluator, and two layers to the program.
        lone = sum(groups_of(part) > 1 for part in held_by([instance])) == 1 and _grouped_places(instance) < 2
        if isinstance(instance.cls, ClassValue):
            return lone and text.in_main(node)
        return lone and instance.layer is not None and (text.in_main(node) or text.are_measured(node))

    def _apply(
        self,
        instance: Instance,
        forward: Function | None,
        args: list[Value],
        kwargs: dict[Any, Value],
        node: ast.AST | None,
        f: Frame,
    ) -> Value:
        if self.alterations.is_opaque(instance) or (forward is None and has_own_call(instance)):
            self.ev.tensors.memory.lose((*args, *kwargs.values()))
            return self.ev.tensors.unknown([*args, *kwargs.values()])
        if forward is None:
            return self.ev.torch.call_module(instance, args, kwargs, node, f, None)
        run = partial(self.ev.functions.run, forward, [instance, *args], kwargs, node, f)
        return self.ev.torch.inside(node, instance, f, run)

    def _input(self, value: Tensor, trace: Trace) -> Tensor:
        if value.node is not None:
            return value
        return self.ev.tensors.make(value.shape, trace.add(Node("input", (), value.shape)))

    def _small_and_grouped(self, instance: Instance) -> bool:
        stack, seen, grouped = [instance], 0, False
        while stack and seen <= MAX_MODULES:
            item = stack.pop()
            seen += 1
            grouped = grouped or groups_of(item) > 1
            stack.extend(v for v in item.attrs.values() if isinstance(v, Instance))
        return grouped and seen <= MAX_MODULES

    def closed(self) -> list[tuple[Trace, Module]]:
        """The traces of scripts; an output that something else went on to read is none."""
        found, escaped = [], self.ev.tensors.memory.escaped
        for module, trace in self.scripts.items():
            read = {i for node in trace.nodes for i in node.inputs}
            trace.outputs = [
                o
                for o in trace.outputs
                if o not in read and ((trace, o) not in escaped or (trace, o) in self._compared)
            ]
            for node in trace.nodes:
                if node.conv is not None and _freezes(module, node.module):
                    node.attrs = {**node.attrs, "trainable": False}
            if trace.outputs and not trace.cut:
                found.append((trace, module))
        return found


def _grouped_places(instance: Instance) -> int:
    """How many attributes, at or below an instance of few modules, are grouped convolutions."""
    parts = [value for value in instance.attrs.values() if isinstance(value, Instance)]
    return sum((groups_of(part) > 1) + _grouped_places(part) for part in parts)


def _freezes(*modules: Module | None) -> bool:
    """Whether the code of a script or of a layer speaks of weights that are not to be trained."""
    return any("requires_grad" in module.file.text for module in modules if module is not None)


def _is_given(value: Value, trace: Trace) -> bool:
    """Whether a script made a tensor as an input, or had it from one of its models."""
    if not isinstance(value, Tensor) or value.is_lost or value.is_overwritten:
        return False
    at = value.state["at"]
    return at[0] is trace if isinstance(at, tuple) else at is None and value.raw and "write" not in value.memory


def _class_name(instance: Instance) -> str:
    return instance.cls.name.rpartition(".")[2]


def _in_method(call: Call) -> bool:
    """Whether a call runs a method of a class."""
    params = call.callee.params if call.callee is not None else []
    return params[:1] == ["self"]
