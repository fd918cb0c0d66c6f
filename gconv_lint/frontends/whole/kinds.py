"""Types of values of the program: ``isinstance`` and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import limits
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import (
    MISSING,
    Bound,
    Class,
    External,
    Function,
    Namespace,
    Native,
    Obj,
    Partial,
    Stream,
    Unknown,
    Value,
    held,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


_TYPES: dict[str, tuple[type, ...]] = {
    **{
        kind.__name__: (kind,) for kind in (str, list, tuple, dict, set, frozenset, bytes, float, complex, range, slice)
    },
    "int": (int,),
    "bool": (bool,),
}


_CALLABLE = (Function, Native, Class, Bound, Partial)


def is_instance(interp: Interpreter, value: Value, kinds: Value) -> Value:
    """``isinstance(value, kinds)``."""
    if isinstance(kinds, tuple):
        limits.check(interp, kinds)
        answers = [is_instance(interp, value, kind) for kind in kinds]
        if any(answer is True for answer in answers):
            return True
        return next((a for a in answers if isinstance(a, Unknown)), False)
    if isinstance(value, Unknown):
        return value
    if isinstance(kinds, Native) and kinds.name in _TYPES:
        return isinstance(held(value), _TYPES[kinds.name])
    if isinstance(kinds, Native) and kinds.name == "functools.partial":
        return isinstance(value, Partial)
    if isinstance(kinds, Native) and kinds.name == "collections.OrderedDict" and type(held(value)) is not dict:
        return False
    if isinstance(kinds, Native) and kinds.name == "type":
        return isinstance(value, Class)
    if kinds is interp.object:
        return True
    if isinstance(kinds, Class):
        if kinds.name == "Tensor" and isinstance(value, Tensor):
            return True
        if kinds.name == "Parameter" and isinstance(value, Tensor):
            return value.is_parameter
        return isinstance(value, Obj) and value.cls.derives(kinds)
    if isinstance(kinds, External):
        return _is_external(interp, value, kinds)
    return interp.unknown("`isinstance` with a class that is not known")


_ABSTRACT: dict[str, tuple[type, ...]] = {
    "Iterable": (list, tuple, dict, set, str, range, Stream),
    "Sequence": (list, tuple, str, range),
    "Mapping": (dict,),
    "MutableMapping": (dict,),
    "Callable": _CALLABLE,
    "Number": (int, float),
    "Integral": (int,),
    "Real": (int, float),
    "List": (list,),
    "Tuple": (tuple,),
    "Dict": (dict,),
    "OrderedDict": (dict,),
    "FunctionType": (Function,),
    "LambdaType": (Function,),
    "ModuleType": (Namespace,),
}


def _is_external(interp: Interpreter, value: Value, kind: External) -> Value:
    name = kind.name.rpartition(".")[2]
    if name == "NoneType":
        return value is None
    if name in _ABSTRACT and not isinstance(value, (Obj, External)):
        return isinstance(value, _ABSTRACT[name])
    if isinstance(value, Obj):
        if any(cls == kind for cls in value.cls.mro):
            return True
        return False if value.cls.foreign is None else interp.unknown(f"`{value.cls.foreign.name}` cannot be read")
    if isinstance(value, External):
        return interp.unknown(f"`{value.name}` cannot be read")
    return False


def is_subclass(interp: Interpreter, cls: Value, kinds: Value) -> Value:
    if isinstance(kinds, tuple):
        limits.check(interp, kinds)
        return any(is_subclass(interp, cls, kind) is True for kind in kinds)
    if isinstance(cls, Class):
        return kinds is interp.object or any(c is kinds or c == kinds for c in cls.mro)
    return False if isinstance(cls, Native) else interp.unknown("`issubclass` of something that cannot be read")


def type_of(interp: Interpreter, value: Value, *rest: Value) -> Value:
    if rest:
        named = (External(f"builtins.{b.name}") if isinstance(b, Native) else b for b in rest[0])
        bases = tuple(named) or (interp.object,)
        limits.bases(interp, bases)
        return Class(str(value), bases, dict(rest[1]))
    if isinstance(value, Obj):
        return value.cls
    if isinstance(value, Unknown):
        return value
    for name, kinds in _TYPES.items():
        if type(value) is kinds[0]:
            return interp.builtins[name]
    if isinstance(value, Tensor):
        return interp.attributes.get(External("torch"), "Tensor")
    return External(f"builtins.{type(value).__name__}")


def is_callable(interp: Interpreter, value: Value) -> Value:
    if isinstance(value, External):
        return interp.unknown(f"`{value.name}` cannot be read")
    return isinstance(value, _CALLABLE) or (isinstance(value, Obj) and value.cls.lookup("__call__") is not MISSING)


def has(interp: Interpreter, owner: External, name: Value) -> Value:
    """Whether something outside has an attribute: it has those that are known here."""
    found = interp.attributes.find(owner, name) if isinstance(name, str) else name
    if isinstance(found, External):
        return interp.unknown(f"whether there is `{found.name}` is not known", None, found.name)
    return found if isinstance(found, Unknown) else found is not MISSING
