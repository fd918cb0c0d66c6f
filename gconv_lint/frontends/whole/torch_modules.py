"""Modules of torch as classes of the program: their methods, their children, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.whole import (
    limits,
    torch_containers,
    torch_hooks,
    torch_layers,
    torch_registered,
    torch_tables,
    watching,
)
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.torch_functions import OURS, operation
from gconv_lint.frontends.whole.torch_registered import named_parameters, own_buffers, own_parameters
from gconv_lint.frontends.whole.values import MISSING, Class, Native, Obj, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

_ABSTRACT = {"_ConvNd": "Module", "_BatchNorm": "_NormBase", "_InstanceNorm": "_NormBase", "_NormBase": "Module"}


class TorchModules:
    """The classes of ``torch.nn``, made when somebody asks for them, and the modules that run."""

    def __init__(self, interp: Interpreter) -> None:
        self.interp = interp
        self.classes: dict[str, Class] = {}
        self.tensor_class = Class("Tensor", (interp.object,), {"__new__": Native("Tensor", _new_tensor)})
        self.renew()

    def renew(self, first: int = 0) -> None:
        """Begin another run: nothing runs yet, and nothing is constructed; calls are numbered from ``first`` on."""
        self.running: list[Obj] = []
        self.paths: dict[int, str] = {}
        self.watched = watching.Watched(self.interp, first)
        self.interp.tape.here, self.interp.tape.spend = self._here, self.interp.spend

    def _here(self) -> tuple[str, Any, int]:
        """Where a run stands: what the tape notes of each operation."""
        module = self.running[-1] if self.running else None
        path = self.paths.get(id(module), "")
        layer = (module.data or module) if module is not None else None
        return path, layer, self.watched.chain()

    def cls(self, name: str) -> Class | None:
        """The class of that name in ``torch.nn``, ``None`` where it is not known."""
        known = self.classes.get(name)
        if known is not None:
            return known
        made = self._make(name)
        if made is not None:
            self.classes[name] = made
        return made

    def _make(self, name: str) -> Class | None:
        if name == "Module":
            return Class(name, (self.interp.object,), _natives(_METHODS))
        if name == "Parameter":
            return Class(name, (self.tensor_class,), {"__new__": Native("Parameter", _new_parameter)})
        if name in _ABSTRACT:
            return self._derived(name, _ABSTRACT[name], {})
        if name == "FloatFunctional":
            return self._derived(name, "Module", _natives(_FLOAT_FUNCTIONAL))
        if name in torch_containers.METHODS:
            return self._derived(name, "Module", _natives(torch_containers.METHODS[name]))
        layer = torch_layers.LAYERS.get(name)
        if layer is None:
            return None
        attrs: dict[str, Value] = {"__init__": Native("__init__", self._watching(name, layer.init))}
        if layer.forward is not None:
            attrs["forward"] = Native("forward", _known_forward(layer.forward))
        attrs["reset_parameters"] = Native("reset_parameters", lambda interp, self: None)
        if layer.base == "_ConvNd":
            attrs["_conv_forward"] = Native("_conv_forward", torch_layers.conv_forward)
        return self._derived(name, layer.base, attrs)

    def _derived(self, name: str, base: str, attrs: dict[str, Value]) -> Class:
        parent = self.cls(base)
        assert parent is not None
        return Class(name, (parent,), attrs)

    def _watching(self, name: str, init: Callable[..., None]) -> Callable[..., None]:
        """The constructor of a layer, with what rules want to know of it."""

        def run(interp: Interpreter, self_: Obj, *args: Value, **kwargs: Value) -> None:
            interp.spend(limits.LAYER)
            unknown = first_unknown(args) or first_unknown(kwargs.values())
            if unknown is not None:
                interp.deferred.use(unknown)
                interp.gap(f"an argument of `{name}` is not known: {unknown.reason}")
                self_.attrs["forward"] = Native("forward", lambda interp, *args, **kwargs: unknown)
                return
            with self.watched.constructor(name, self_, args, kwargs):
                try:
                    init(interp, self_, *args, **kwargs)
                except OURS:
                    interp.gap(f"`{name}` is constructed in a way that is not understood")

        return run

    def is_module(self, value: Value) -> bool:
        """Whether a value is a module."""
        return isinstance(value, Obj) and value.cls.derives(self.cls("Module"))

    def run(self, module: Obj, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
        """``module(*args, **kwargs)``: its ``forward``, between its hooks."""
        forward = self.interp.attributes.find(module, "forward")
        if forward is MISSING:
            raise self.interp.error("NotImplementedError", f'Module [{module.cls.name}] is missing "forward"')
        self.running.append(module)
        try:
            if not any(name in module.attrs for name in torch_hooks.TABLES):
                return self.interp.call(forward, args, kwargs, f)
            return torch_hooks.run(self.interp, module, forward, args, kwargs)
        finally:
            self.running.pop()

    def table(self, owner: Obj, name: str) -> Obj:
        """``_modules``, ``_parameters``, ``_buffers`` or ``__dict__`` of a module, which change it."""
        rows = {"_modules": self.children, "_parameters": own_parameters, "_buffers": own_buffers}.get(name)
        return torch_tables.table(self.interp, owner, rows or self._plain, name)

    def _plain(self, owner: Obj) -> Iterator[tuple[str, Value]]:
        """The attributes of a module that it does not register."""
        registered = {name for rows in (self.children, own_parameters, own_buffers) for name, _ in rows(owner)}
        return ((name, value) for name, value in owner.attrs.items() if name not in registered and "#" not in name)

    def children(self, owner: Obj) -> Iterator[tuple[str, Obj]]:
        """The modules among the attributes of a module, by name."""
        for name, value in list(owner.attrs.items()):
            if type(value) is Obj and self.is_module(value) and isinstance(name, str):
                yield name, value

    def named(self, root: Obj, path: str = "") -> Iterator[tuple[str, Obj]]:
        """A module and all below it, each once, by path."""
        seen: set[int] = set()
        waiting = [(path, root)]
        while waiting:
            here, module = waiting.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            self.interp.spend(1 + (len(here) >> 4))
            yield here, module
            inner = [(f"{here}.{name}" if here else name, child) for name, child in self.children(module)]
            waiting.extend(reversed(inner))


def _natives(functions: dict[str, Callable[..., Value]]) -> dict[str, Value]:
    return {name: Native(name, run) for name, run in functions.items()}


def _known_forward(run: Callable[..., Value]) -> Callable[..., Value]:
    def forward(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> Value:
        unknown = first_unknown(args) or first_unknown(kwargs.values())
        if unknown is not None:
            interp.deferred.use(unknown)
            return unknown
        given = (*args, *kwargs.values())
        if given and not isinstance(given[0], Tensor) and self.cls.name != "Identity":
            raise interp.error("TypeError", f"the input of `{self.cls.name}` is no tensor")
        try:
            return run(interp, self, *args, **kwargs)
        except OURS:
            return interp.unknown(f"`{self.cls.name}` is called in a way that is not understood")

    return forward


def _new_parameter(interp: Interpreter, cls: Value, data: Value = None, requires_grad: Value = True) -> Value:
    if isinstance(data, Unknown):
        interp.gap(f"the size of a parameter is not known: {data.reason}")
        return data
    made = Tensor(data.shape if isinstance(data, Tensor) else (0,), data.dtype if data is not None else "float32")
    made.is_parameter, made.requires_grad = True, requires_grad is True
    return made


def _new_tensor(interp: Interpreter, cls: Value, *args: Value, **kwargs: Value) -> Value:
    from gconv_lint.frontends.whole import torch_creation

    return torch_creation.sized(interp, *args, **kwargs)


def _init(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> None:
    if args or kwargs:
        wrong = f"an unexpected keyword argument '{next(iter(kwargs))}'" if kwargs else "positional arguments"
        raise interp.error("TypeError", f"{self.cls.name}.__init__() got {wrong}")
    if "training" in self.attrs:  # a second time: what is registered is gone
        own = (*interp.modules_of.children(self), *own_parameters(self), *own_buffers(self))
        for name, _ in own:
            del self.attrs[name]
    self.attrs["training"] = True


def _add_module(interp: Interpreter, self: Obj, name: Value, module: Value) -> None:
    if not isinstance(name, str):
        interp.gap("a module of unknown name is added")
        return
    if "." in name or not name:
        said = f'module name can\'t contain ".", got: {name}' if name else 'module name can\'t be empty string ""'
        raise interp.error("KeyError", said)
    if isinstance(module, Unknown):
        interp.gap(f"a module is not known that is added: {module.reason}")
    self.attrs[name] = module


def _register_parameter(interp: Interpreter, self: Obj, name: Value, param: Value) -> None:
    self.attrs[name] = param


def _same(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> Obj:
    return self


def _train(interp: Interpreter, self: Obj, mode: Value = True) -> Obj:
    self.attrs["training"] = mode
    for _, child in interp.modules_of.children(self):
        interp.spend(1)
        interp.method(child, "train", [mode])
    return self


def _eval(interp: Interpreter, self: Obj) -> Value:
    return interp.method(self, "train", [False])


def _named_children(interp: Interpreter, self: Obj) -> Value:
    seen: dict[int, tuple[str, Obj]] = {}
    for name, child in interp.modules_of.children(self):
        seen.setdefault(id(child), (name, child))
    return interp.stream(list(seen.values()))


def _named_modules(
    interp: Interpreter, self: Obj, memo: Value = None, prefix: Value = "", remove_duplicate: Value = True
) -> Value:
    if memo is not None or remove_duplicate is not True:
        return interp.unknown("modules with those that are there twice are not followed")
    return interp.stream(list(interp.modules_of.named(self, prefix)))


def _apply(interp: Interpreter, self: Obj, fn: Value) -> Obj:
    for _, child in interp.items(_named_children(interp, self)):
        interp.spend(1)
        interp.method(child, "apply", [fn])
    interp.call(fn, [self], {}, interp.frame)
    return self


def _requires_grad(interp: Interpreter, self: Obj, requires_grad: Value = True) -> Obj:
    for _, value in named_parameters(interp, self):
        value.requires_grad = requires_grad is True
    return self


def _get_submodule(interp: Interpreter, self: Obj, target: Value) -> Value:
    found: Value = self
    for part in str(target).split("."):
        found = interp.attributes.get(found, part)
    return found


def _set_submodule(interp: Interpreter, self: Obj, target: Value, module: Value, strict: Value = False) -> None:
    path, _, name = str(target).rpartition(".")
    owner = _get_submodule(interp, self, path) if path else self
    if strict is not False:
        interp.attributes.get(owner, name)
    interp.attributes.set(owner, name, module)


def _nothing(interp: Interpreter, *args: Value, **kwargs: Value) -> None:
    return None


def _init_float_functional(interp: Interpreter, self: Obj) -> None:
    _init(interp, self)
    self.attrs["activation_post_process"] = interp.call(interp.modules_of.cls("Identity"), [], {}, interp.frame)


def _operation(name: str, then: str = "") -> Callable[..., Value]:
    """A method of ``FloatFunctional``: a function on tensors."""

    def run(interp: Interpreter, self: Obj, *args: Value, **kwargs: Value) -> Value:
        made = interp.call(operation(name), list(args), kwargs, interp.frame)
        return interp.call(operation(then), [made], {}, interp.frame) if then else made

    return run


_FLOAT_FUNCTIONAL: dict[str, Callable[..., Value]] = {
    "__init__": _init_float_functional,
    **{name: _operation(name) for name in ("add", "mul", "cat", "matmul")},
    **{f"{name}_scalar": _operation(name) for name in ("add", "mul")},
    "add_relu": _operation("add", "relu"),
}
_METHODS: dict[str, Callable[..., Value]] = {
    "__init__": _init,
    "add_module": _add_module,
    "register_module": _add_module,
    "register_parameter": _register_parameter,
    "children": lambda interp, self: interp.stream([m for _, m in interp.items(_named_children(interp, self))]),
    "named_children": _named_children,
    "modules": lambda interp, self: interp.stream([m for _, m in interp.modules_of.named(self)]),
    "named_modules": _named_modules,
    **torch_registered.METHODS,
    "apply": _apply,
    "train": _train,
    "eval": _eval,
    **dict.fromkeys(("to", "cuda", "cpu", "half", "float", "double", "bfloat16", "type", "to_empty"), _same),
    "requires_grad_": _requires_grad,
    "load_state_dict": _nothing,
    "get_submodule": _get_submodule,
    "set_submodule": _set_submodule,
    "zero_grad": _nothing,
    "extra_repr": lambda interp, self: "",
    "_get_name": lambda interp, self: self.cls.name,
    "register_forward_hook": torch_hooks.registering(torch_hooks.AFTER),
    "register_forward_pre_hook": torch_hooks.registering(torch_hooks.BEFORE),
    "register_load_state_dict_post_hook": _nothing,
    "_register_load_state_dict_pre_hook": _nothing,
    "register_load_state_dict_pre_hook": _nothing,
    "register_full_backward_hook": _nothing,
}
