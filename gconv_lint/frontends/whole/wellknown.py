"""What lies outside of the code under test and is known all the same: names of torch and of Python's library."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import standard, torch_functions, torch_layers, torch_stand_ins
from gconv_lint.frontends.whole.plain_methods import plain_method
from gconv_lint.frontends.whole.values import (
    MISSING,
    Bound,
    Class,
    ClassMethod,
    External,
    Function,
    Native,
    Property,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Other names of the same things.
_ALIASES = (
    ("torch.nn.modules.", "torch.nn."),
    ("torch.nn.parameter.", "torch.nn."),
    ("torch.functional.", "torch."),
    ("torch.nn.Module.", "torch.nn.Module."),
)
#: What neither makes a part of a model nor changes one; calling it gives nothing that is asked.
_SILENT = (
    *("logging.", "warnings.", "torch.cuda.", "torch.backends.", "sys.", "time.", "gc.", "typing.", "contextlib."),
    *("torch.set_grad_enabled", "torch.manual_seed", "random.seed", "torch.random.", "numpy.random.seed"),
    *("torch.no_grad", "torch.inference_mode", "torch.enable_grad", "torch.autograd.set_", "torch.autograd.grad_mode"),
    *(
        "torch.amp.",
        "torch.autocast",
        "torch._assert",
        "torch._dynamo.",
        "torch.set_float32_matmul_precision",
        "torch.fx.wrap",
    ),
    *("torch._C._log_api_usage_once", "torch._C._jit_", "torch.autograd.profiler.", "torch.profiler."),
)
#: Questions about the machine: what it has is no part of the model.
_NO = frozenset(
    (
        *("torch.cuda.is_available", "torch.jit.is_scripting", "torch.jit.is_tracing", "torch.onnx.is_in_onnx_export"),
        *(
            "torch.is_grad_enabled",
            "torch._C._get_tracing_state",
            *("torch.compiler.is_compiling", "torch.compiler.is_exporting", "torch.compiler.is_dynamo_compiling"),
            "torch.is_tensor_like",
        ),
        *("torch.distributed.is_initialized", "torch.distributed.is_available", "torch.is_autocast_enabled"),
        *("torch.backends.mps.is_available", "torch.overrides.has_torch_function_unary"),
        *("torch.overrides.has_torch_function", "torch.overrides.has_torch_function_variadic"),
    )
)
_INERT = ("builtins.object", "torch.autograd.Function", "typing.Protocol", "abc.ABC", "typing.Generic")
#: Decorators that change nothing of what counts here.
_TRANSPARENT = (
    *(
        "torch.no_grad",
        "torch.jit.",
        "torch.fx.wrap",
        "torch.inference_mode",
        "torch.compiler.",
        "functools.wraps",
        "typing.",
        "abc.abstractmethod",
        "contextlib.suppress",
        "torch.cuda.amp.",
    ),
    *("torch.amp.", "warnings.", "torch.enable_grad", "torch.onnx.symbolic_helper."),
    *("torch._dynamo.", "torch.library.register_fake", "torch.library.impl_abstract", "torch.compile"),
)


@lru_cache(4096)
def canonical(name: str) -> str:
    """The documented name of something of torch's."""
    for prefix, public in _ALIASES:
        if name.startswith(prefix) and prefix != public:
            tail = name[len(prefix) :]
            return public + tail.rpartition(".")[2] if prefix == "torch.nn.modules." else public + tail
    return name


def member(interp: Interpreter, owner: External, name: str) -> Value:
    """``owner.name`` for something outside."""
    if name in ("__name__", "__qualname__") and _is_class(owner.name):
        return owner.name.rpartition(".")[2]
    return named(interp, canonical(f"{owner.name}.{name}"))


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper() or name.startswith("builtins.")


def named(interp: Interpreter, name: str) -> Value:
    """What a qualified name means."""
    if name in interp.patched:
        return Unknown(f"`{name}` is replaced")
    if name.startswith("torch.nn.") and name.count(".") == 2:
        cls = interp.modules_of.cls(name[9:])
        if cls is not None:
            return cls
    if name == "torch.autograd.Variable":
        return Native(name, lambda interp, data, **options: data)
    if name in _NO:
        return Native(name, lambda interp, *args, **kwargs: False)
    found = torch_functions.named(interp, name)
    if found is not MISSING:
        return found
    found = torch_stand_ins.named(interp, name)
    if found is not MISSING:
        return found
    found = standard.named(interp, name)
    return External(name) if found is MISSING else found


def called(interp: Interpreter, callee: External, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """The value of a call of something outside."""
    name = callee.name
    if name.startswith("torch.nn.init.") and name.endswith("_"):
        return args[0] if args else None
    if name in ("sys.exit", "builtins.exit", "builtins.quit"):
        raise interp.error("SystemExit", "the program ends")
    if name in ("builtins.exec", "builtins.eval", "builtins.__import__", "builtins.compile", "builtins.open"):
        return interp.unknown(f"`{name.removeprefix('builtins.')}` is not followed")
    if name.startswith(_SILENT):
        return Unknown(f"`{name}` says nothing of the model", None, name) if not _is_context(name) else None
    interp.deferred.passed(name, args, kwargs)
    return interp.unknown(f"`{name}` is not understood", None, name)


def _is_context(name: str) -> bool:
    return name.endswith(
        (
            "autocast",
            "profile",
            "record_function",
            "no_grad",
            "inference_mode",
            "enable_grad",
            "autocast",
            "set_grad_enabled",
            "_assert",
        )
    )


def decorated(interp: Interpreter, decorator: Value, value: Value) -> Value:
    """What a decorator of the library makes, ``MISSING`` for those of the code under test."""
    name = decorator.name if isinstance(decorator, (External, Native)) else ""
    if name in ("abc.abstractmethod", "abc.abstractproperty") and isinstance(value, (Function, Property)):
        function = value.getter if isinstance(value, Property) else value
        if isinstance(function, Function):
            function.attrs["__isabstractmethod__"] = True
        return value if name.endswith("method") else Property(value)
    if name == "functools.cached_property":
        return Property(value, kept=True)
    if isinstance(decorator, External) and name.startswith(_TRANSPARENT):
        return value
    if isinstance(decorator, Unknown) and decorator.origin.startswith(_TRANSPARENT):
        return value
    if decorator is None or isinstance(decorator, Unknown):
        return value if _is_quiet(decorator) else MISSING
    if isinstance(decorator, Bound) and isinstance(decorator.receiver, Property):
        return MISSING
    return MISSING


def _is_quiet(decorator: Value) -> bool:
    """``@torch.no_grad()`` is called before it decorates."""
    return decorator is None or "says nothing of the model" in decorator.reason


def plain_attribute(interp: Interpreter, owner: Value, name: str) -> Value:
    """An attribute of a plain value of Python's."""
    if isinstance(owner, Property):
        return _property_part(owner, name)
    if isinstance(owner, (ClassMethod, Static)):
        return interp.attributes.find(owner.function, name)
    return plain_method(interp, owner, name)


def _property_part(owner: Property, name: str) -> Value:
    if name == "setter":
        return Native("setter", lambda interp, function: Property(owner.getter, function))
    if name in ("getter", "deleter"):
        return Native(name, lambda interp, function: owner)
    return MISSING


def class_member(interp: Interpreter, owner: Class, name: str) -> Value:
    """A name that a base outside may have."""
    foreign = owner.foreign
    if foreign is not None and foreign.name == "torch.autograd.Function" and name == "apply":
        return Native("apply", lambda interp, *args, **kwargs: _applied(interp, owner, args, kwargs))
    reason = foreign.name if foreign is not None else "a base"
    return interp.unknown(f"`{reason}` cannot be read, which may define `{name}`")


def _applied(interp: Interpreter, owner: Class, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    """``Function.apply``: what its ``forward`` does, with a context that keeps nothing."""
    forward = owner.lookup("forward")
    function = forward.function if isinstance(forward, Static) else forward
    if not isinstance(function, Function):
        return interp.unknown(f"`{owner.name}.apply` has no forward that can be read")
    context = interp.classes.instantiate(torch_layers.context(interp), [], {}, interp.frame)
    return interp.call(function, [context, *args], dict(kwargs), interp.frame)


def native_attribute(interp: Interpreter, owner: Native, name: str) -> Value:
    """``dict.fromkeys``, ``str.join`` and their like."""
    return standard.type_member(interp, owner, name)


def is_harmless_base(name: str) -> bool:
    """Whether the constructor of a base outside does nothing that counts."""
    return name.startswith(_INERT) or name.startswith("builtins.")
