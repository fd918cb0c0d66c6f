"""Calls of what is outside the project: the standard library, torch, and what nobody knows."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import (
    builtin_functions,
    builtin_numbers,
    builtin_reflection,
    containers,
    module_methods,
    regular_expressions,
    standard_library,
    torch_modules,
)
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.values import (
    MISSING,
    External,
    Instance,
    Raised,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Calls that end the program.
_ENDING = ("sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit")
_PURE_PREFIXES = ("torch.", "math.", "builtins.", "typing.", "logging.", "warnings.", "os.", "numpy.")
_PURE = frozenset(dir(builtins)) - {"exec", "eval", "delattr", "__import__"}
#: What answers otherwise each time that it is asked.
_CHANCE = ("random.", "time.", "os.", "uuid.", "datetime.", "secrets.", "numpy.random", "torch.rand")


class Externals:
    """Calls functions, classes and methods that are known by their qualified names."""

    __slots__ = ("ev",)

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev

    def call_method(
        self, name: str, receiver: Value, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame
    ) -> Value:
        """Call a method of a class outside the project on ``receiver``."""
        ev = self.ev
        base, _, method = name.rpartition(".")
        if not isinstance(receiver, Instance):
            return ev.heap.fresh(method)
        if method == "__init__":
            if not base.startswith(("torch.", "builtins.object", "method", "abc.", "typing.")):
                ev.attributes.blur(receiver)  # It may call what a subclass defines, and store what it is given.
            torch_modules.initialise(ev, receiver, base, args, kwargs, node, f)
            return None
        if method in ("__setattr__", "__delattr__"):
            return ev.names.builtins[method.strip("_")].run([receiver, *args], kwargs, node, f)
        if method in ("forward", "__call__"):
            return ev.torch.call_module(receiver, args, kwargs, node, f, base if base != "method" else None)
        if base != "method" and not base.startswith("torch."):
            ev.attributes.blur(receiver)  # It may call what a subclass defines.
        return module_methods.method(ev, receiver, method, args, kwargs, node, f)

    def call(self, name: str, args: list[Value], kwargs: dict[Any, Value], node: ast.AST | None, f: Frame) -> Value:
        """Call something outside the project by its name."""
        ev, name = self.ev, canonical(name)
        if name in ev.patched:
            return ev.heap.fresh(name)
        if name in _ENDING:
            raise Raised("SystemExit")
        head, _, tail = name.rpartition(".")
        if head in ("math", "numpy"):
            compute = builtin_numbers.math_function if head == "math" else builtin_numbers.numpy_function
            return compute(ev, tail, args) if not kwargs else ev.heap.fresh(tail)
        if name in builtin_reflection.INSPECT:
            return builtin_reflection.INSPECT[name](ev, args)
        if head == "re" and not kwargs:
            found = regular_expressions.call(ev, tail, args)
            if found is not MISSING:
                return found
        if name == "functools.reduce":
            return builtin_functions.reduce(ev, args, node, f)
        if tail == "__setattr__" and len(args) == 3:
            return ev.names.builtins["setattr"].run(args, {}, node, f)
        if name == "functools.partial":
            return builtin_functions.partial(ev, args, kwargs)
        if name in ("collections.OrderedDict", "builtins.dict"):
            return ev.names.builtins["dict"].run(args, kwargs, node, f)
        if name in standard_library.CALLS:
            made = standard_library.CALLS[name](ev, args, kwargs, node, f)
            if made is not MISSING:
                return made
        if tail == "__init__" and args and isinstance(args[0], Instance):
            torch_modules.initialise(ev, args[0], head, args[1:], kwargs, node, f)
            return None
        if name in module_methods.REPARAMETRIZING:
            return module_methods.reparametrized(ev, name, args)
        if ev.torch.knows(name):
            return ev.torch.call_function(name, args, kwargs, node, f)
        if name.startswith("torch.nn.") and name[9:10].isupper():
            instance = Instance(External(name))
            torch_modules.initialise(ev, instance, name, args, kwargs, node, f)
            if name == containers.SEQUENTIAL:
                ev.built(instance, Call(node, f.module, f.call))
            return instance
        if not name.startswith(_PURE_PREFIXES) or (head == "builtins" and tail not in _PURE):
            ev.escapes.give([*args, *kwargs.values()])
        ev.chance += name.startswith(_CHANCE)
        return ev.torch.functions.outside(name, args, kwargs)
