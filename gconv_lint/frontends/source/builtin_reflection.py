"""Python's built-in functions that ask what a value is, and read attributes by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.values import (
    MISSING,
    Bound,
    Builtin,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    ListValue,
    Partial,
    Super,
    Value,
)
from gconv_lint.model.dims import Sym
from gconv_lint.model.signatures import SIGNATURES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator


def evaluated(function: Callable[..., Value]) -> Callable[..., Value]:
    """Mark a function as the built-in of the same name."""
    function.evaluated = True  # type: ignore[attr-defined]
    return function


@evaluated
def _callable(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    value = args[0] if args else None
    if isinstance(value, (Function, Builtin, Bound, ClassValue, External, Partial)):
        return True
    return (
        False
        if isinstance(value, (int, float, str, tuple, type(None), ListValue, DictValue))
        else ev.heap.fresh("callable")
    )


@evaluated
def _getattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) < 2 or not isinstance(args[1], str):
        return ev.escapes.one_of("attribute", *args[:1])
    if len(args) == 3 and not _has(args[0], args[1]):
        return ev.escapes.one_of("attribute", *args[:1])
    if len(args) == 3 and isinstance(args[0], External):
        name = canonical(f"{args[0].name}.{args[1]}")
        return External(name) if name in SIGNATURES else ev.heap.fresh("attribute")
    return ev.attributes.get(args[0], args[1], f, node)


def _has(owner: Value, name: str) -> bool:
    if isinstance(owner, Instance):
        return name in owner.attrs or (isinstance(owner.cls, ClassValue) and owner.cls.lookup(name) is not MISSING)
    return isinstance(owner, External) or (isinstance(owner, ClassValue) and owner.lookup(name) is not MISSING)


def _is_computed(owner: Value, name: str) -> bool:
    """Whether an attribute may not be there: a property gives it, or only some ways of the program store it."""
    cls = owner.cls if isinstance(owner, Instance) else owner
    value = cls.lookup(name) if isinstance(cls, ClassValue) else MISSING
    if isinstance(owner, (Instance, ClassValue)) and f"?{name}" in owner.attrs:
        return True
    return isinstance(value, Instance) or (isinstance(value, Function) and value.kind in ("property", "cached"))


@evaluated
def _hasattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    known = (
        len(args) == 2
        and isinstance(args[1], str)
        and isinstance(args[0], (Instance, ClassValue))
        and _has(args[0], args[1])
        and not _is_computed(args[0], args[1])
    )
    return True if known else ev.heap.fresh("hasattr")


@evaluated
def _setattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) == 3 and isinstance(args[1], str):
        ev.attributes.set(args[0], args[1], args[2], f)
    elif args and isinstance(args[0], ClassValue):
        ev.classes.blur_all(args[0])
    elif args and isinstance(args[0], Instance):
        ev.attributes.blur(args[0])
        ev.heap.put(args[0].attrs, OPEN, True)
        ev.forwards.alterations.opaque(args[0])
        if f.function is None or f.function.code.name != "__init__":
            ev.edits.edit_all(args[0])  # A constructor adds to what it has stored before.
    elif args and isinstance(args[0], Sym):
        ev.edits.stored(args[0], None)
        ev.heap.lose(args[0])
    return None


@evaluated
def _delattr(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) == 2 and isinstance(args[0], Instance) and isinstance(args[1], str):
        ev.attributes.delete(args[0], args[1], f)
    else:
        _setattr(ev, args[:1], kwargs, node, f)
    return None


@evaluated
def _vars(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if args and isinstance(args[0], Instance):
        ev.attributes.blur(args[0])
        args[0].shared = True
    elif args and isinstance(args[0], Sym):
        return ev.attributes.symbol(args[0], ".__dict__")
    return ev.heap.fresh("vars")


@evaluated
def _super(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    owner = args[0] if args else (f.function.owner if f.function is not None else None)
    receiver = args[1] if len(args) > 1 else f.receiver
    return Super(owner, receiver) if isinstance(owner, ClassValue) and receiver is not None else ev.heap.fresh("super")


@evaluated
def _type(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    known = len(args) == 1 and isinstance(args[0], Instance) and "torch.nn.Lazy" not in getattr(args[0].cls, "name", "")
    return args[0].attrs.get("__class__", args[0].cls) if known else ev.heap.fresh("type")


_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "str": (str,),
    "bool": (bool,),
    "tuple": (tuple,),
    "list": (ListValue,),
    "dict": (DictValue,),
    "bytes": (bytes,),
}
_ABSTRACT = {
    "Iterable": (tuple, ListValue, str, DictValue),
    "Sequence": (tuple, ListValue, str),
    "Number": (int, float),
    "Integral": (int,),
    "Callable": (Function, Builtin, Bound, ClassValue, Partial),
    "Mapping": (DictValue,),
}
#: Base classes of torch's own that are no public names.
_BASES = {
    "_BatchNorm": re.compile(r"BatchNorm|SyncBatchNorm"),
    "_InstanceNorm": re.compile(r"InstanceNorm"),
    "_NormBase": re.compile(r"BatchNorm|SyncBatchNorm|InstanceNorm"),
    "_ConvNd": re.compile(r"Conv"),
    "_ConvTransposeNd": re.compile(r"ConvTranspose"),
}


#: Layers that derive from others.
_ANCESTORS = {
    "ReLU6": ("Hardtanh",),
    "UpsamplingNearest2d": ("Upsample",),
    "UpsamplingBilinear2d": ("Upsample",),
    **dict.fromkeys(("RNN", "LSTM", "GRU"), ("RNNBase",)),
    **dict.fromkeys(("RNNCell", "LSTMCell", "GRUCell"), ("RNNCellBase",)),
    "NLLLoss2d": ("NLLLoss",),
    "ModuleDict": ("Container",),
}


@evaluated
def _isinstance(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) != 2:
        return ev.heap.fresh("isinstance")
    kinds = args[1] if isinstance(args[1], tuple) else (args[1],)
    answers = [is_instance(args[0], k) for k in kinds]
    if True in answers:
        return True
    return ev.heap.fresh("isinstance") if None in answers else False


def is_instance(value: Value, kind: Value) -> bool | None:
    """Whether ``isinstance(value, kind)``: three-valued."""
    if isinstance(value, (Sym, External)) or (isinstance(value, Instance) and "__class__" in value.attrs):
        return None
    if isinstance(kind, Builtin) and kind.name in _TYPES:
        if isinstance(value, Instance) and isinstance(value.cls, ClassValue) and value.cls.is_plain is False:
            return None
        return isinstance(value, _TYPES[kind.name])
    if isinstance(kind, External) and kind.name.rsplit(".", 1)[-1] in _ABSTRACT:
        return isinstance(value, _ABSTRACT[kind.name.rsplit(".", 1)[-1]]) or None
    if isinstance(kind, ClassValue) and (kind.meta or _decides(kind)):
        derives = isinstance(value, Instance) and isinstance(value.cls, ClassValue) and kind in value.cls.mro
        return True if derives and not kind.meta else None
    if isinstance(value, Instance) and isinstance(kind, (ClassValue, External)):
        return _of_class(value, kind)
    if isinstance(kind, External) and kind.name == "torch.Size":
        return None
    simple = (int, float, str, tuple, type(None), ListValue, DictValue)
    strange = isinstance(kind, ClassValue) or (isinstance(kind, External) and kind.name.startswith("torch."))
    return False if isinstance(value, simple) and strange else None


def _decides(kind: ClassValue) -> bool:
    """Whether classes can belong to a class without deriving from it: abstract ones, and protocols."""
    if any(isinstance(c, External) and c.name.startswith("enum.") for c in kind.mro):
        return True  # Members stand as what they are worth.
    words = [c.name.rpartition(".")[2] for c in kind.mro if isinstance(c, External)]
    declared = [k for c in kind.mro if isinstance(c, ClassValue) for k in c.node.keywords if k.arg == "metaclass"]
    hooks = any(kind.lookup(name) is not MISSING for name in ("__instancecheck__", "__subclasshook__"))
    return bool(declared) or hooks or "ABC" in words or "Protocol" in words


def _of_class(value: Instance, kind: ClassValue | External) -> bool | None:
    cls = value.cls
    if isinstance(cls, External):
        if isinstance(kind, ClassValue):
            return False
        return _of_torch(canonical(cls.name), canonical(kind.name))
    if isinstance(kind, ClassValue):
        return kind in cls.mro or (None if cls.open else False)
    bases = {canonical(c.name) for c in cls.mro if isinstance(c, External)}
    if canonical(kind.name) in bases or (
        canonical(kind.name) == "torch.nn.Module" and any(b.startswith("torch.nn.") for b in bases)
    ):
        return True
    return False if bases <= {"torch.nn.Module"} and not cls.open else None


def _of_torch(name: str, kind: str) -> bool | None:
    if name == kind or kind == "torch.nn.Module":
        return True
    word = kind.rpartition(".")[2]
    if word in _BASES:
        return _BASES[word].match(name.rpartition(".")[2].removeprefix("Lazy")) is not None
    own = name.rpartition(".")[2]
    if word.startswith("_") or not kind.startswith("torch.nn.") or kind.count(".") > 2:
        return None
    if own.startswith("Lazy") and not word.startswith("Lazy"):
        return None  # It becomes what it is lazy for when it has met its first input.
    return word in _ANCESTORS.get(own, ())


@evaluated
def _issubclass(ev: Evaluator, args: list[Value], kwargs: dict[str, Value], node: Any, f: Frame) -> Value:
    if len(args) == 2 and isinstance(args[0], ClassValue) and isinstance(args[1], ClassValue) and not args[0].open:
        derives = args[1] in args[0].mro
        return derives if derives or not _decides(args[1]) else ev.heap.fresh("issubclass")
    return ev.heap.fresh("issubclass")


def _is_function(ev: Evaluator, args: list[Value]) -> Value:
    known = len(args) == 1 and not isinstance(args[0], (Sym, External, Builtin))
    return isinstance(args[0], Function) if known else ev.heap.fresh("isfunction")


def _is_class(ev: Evaluator, args: list[Value]) -> Value:
    if len(args) != 1 or isinstance(args[0], (Sym, Builtin)):
        return ev.heap.fresh("isclass")
    value = args[0]
    if isinstance(value, External):
        return (
            canonical(value.name).startswith("torch.nn.") and value.name.rpartition(".")[2][:1].isupper()
        ) or ev.heap.fresh("isclass")
    return isinstance(value, ClassValue)


#: Functions of ``inspect`` by their qualified names.
INSPECT: dict[str, Callable[..., Value]] = {"inspect.isfunction": _is_function, "inspect.isclass": _is_class}
