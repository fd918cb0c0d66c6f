"""Functions and modules of torch that wrap others, or stand for them until a model is quantised."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole.values import MISSING, Native, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


def _checkpoint(interp: Interpreter, function: Value, *args: Value, **options: Value) -> Value:
    """``torch.utils.checkpoint.checkpoint``: what the function makes."""
    for name in ("use_reentrant", "preserve_rng_state", "determinism_check", "context_fn", "debug"):
        options.pop(name, None)
    return interp.call(function, list(args), options, interp.frame)


def _checkpoint_sequential(interp: Interpreter, functions: Value, segments: Value, input: Value, **o: Value) -> Value:
    for function in interp.items(functions):
        input = interp.call(function, [input], {}, interp.frame)
    return input


def _same(interp: Interpreter, value: Value = None, *args: Value, **options: Value) -> Value:
    """What wraps a function or a module: what it wraps; without one, what will wrap it."""
    return Native("wrapper", _same) if value is None else value


def _annotate(interp: Interpreter, kind: Value, value: Value) -> Value:
    return value


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "torch.utils.checkpoint.checkpoint": _checkpoint,
    "torch.utils.checkpoint.checkpoint_sequential": _checkpoint_sequential,
    **dict.fromkeys(
        ("torch.jit.script", "torch.compile", "torch.compiler.disable", "torch.compiler.allow_in_graph"), _same
    ),
    **dict.fromkeys(("torch.jit.ignore", "torch.jit.unused", "torch.jit.export", "torch.jit.script_if_tracing"), _same),
    "torch.jit.annotate": _annotate,
    "torch.compiler.assume_constant_result": _same,
}
#: Modules that do nothing before a model is quantised.
STUBS = ("QuantStub", "DeQuantStub")
_QUANTISED = ("torch.ao.quantization.", "torch.quantization.", "torch.ao.nn.quantized.", "torch.nn.quantized.")


def named(interp: Interpreter, name: str) -> Value:
    """What a qualified name means, ``MISSING`` for all others."""
    run = _FUNCTIONS.get(name)
    if run is not None:
        return Native(name, run)
    tail = name.rpartition(".")[2]
    if name.startswith(_QUANTISED) and tail in (*STUBS, "FloatFunctional"):
        return interp.modules_of.cls(tail)
    return MISSING
