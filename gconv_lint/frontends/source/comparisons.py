"""Comparisons, memberships, identities and truth of values that may be known only as expressions."""

from __future__ import annotations

import builtins
from typing import Any

from gconv_lint.frontends.source.heap import Heap
from gconv_lint.frontends.source.operators import NATIVE, NUMBERS, bracketed
from gconv_lint.frontends.source.torch_names import canonical
from gconv_lint.frontends.source.values import (
    MISSING,
    ClassValue,
    DictValue,
    External,
    Function,
    Instance,
    Lazy,
    ListValue,
    Value,
)
from gconv_lint.model.dims import Sym, less, opaque
from gconv_lint.model.dims import equal as equal_numbers

_BUILTINS = frozenset(dir(builtins))


def compare(heap: Heap, symbol: str, a: Value, b: Value) -> Value:
    """``a symbol b`` as ``True``, ``False`` or an unknown."""
    if symbol in ("is", "is not"):
        if b is None and type(a) is not Sym and not (type(a) is External and not _is_class(a.name)):
            return (a is None) is (symbol == "is")
        answer = identical(a, b)
    elif symbol in ("in", "not in"):
        answer = contains(b, a)
    elif symbol in ("==", "!="):
        answer = equals(a, b)
    else:
        answer = _ordered(symbol, a, b)
    if answer is None:
        if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
            return opaque(f"{bracketed(a)} {symbol} {bracketed(b)}")
        return heap.fresh("condition")
    return not answer if symbol in ("is not", "not in", "!=") else answer


def identical(a: Value, b: Value) -> bool | None:
    """Whether ``a is b``."""
    if isinstance(a, Sym) or isinstance(b, Sym):
        return None
    if any(isinstance(v, External) and not _is_class(v.name) for v in (a, b)):
        return None
    if isinstance(a, Instance) and isinstance(b, Instance):
        return None  # Equal calls share one instance here, and make two in the program.
    if a is None or b is None or isinstance(a, bool) or isinstance(b, bool):
        return a is b if type(a) is type(b) else False
    if isinstance(a, External) and isinstance(b, External):
        names = canonical(a.name), canonical(b.name)
        # Two public names of torch.nn are two classes; of other libraries nobody here knows.
        return True if names[0] == names[1] else False if all(map(_is_layer, names)) else None
    if isinstance(a, (ClassValue, Function)) and isinstance(b, (ClassValue, Function, External)):
        return a is b
    return True if a is b and not getattr(a, "shared", False) else None


def _is_class(name: str) -> bool:
    """Whether a name from outside is that of a class or function of torch, and no setting."""
    name = canonical(name)
    if name.startswith("builtins."):
        return name[9:] in _BUILTINS
    return name.startswith("torch.nn.") or (name.startswith("torch.") and name.count(".") == 1 and name[6:7].isupper())


def _is_layer(name: str) -> bool:
    return name.startswith("torch.nn.") and name.count(".") == 2


def equals(a: Value, b: Value) -> bool | None:
    """Whether ``a == b``."""
    if isinstance(a, NUMBERS) and isinstance(b, NUMBERS):
        return equal_numbers(a, b) if isinstance(a, Sym) or isinstance(b, Sym) else a == b
    if isinstance(a, Sym) or isinstance(b, Sym):
        return None
    if isinstance(a, ListValue) and isinstance(b, ListValue):
        if a is b:
            return True
        return equals(tuple(a.items), tuple(b.items)) if a.exact and b.exact else None
    if isinstance(a, tuple) and isinstance(b, tuple):
        return _equal_items(a, b)
    if isinstance(a, Instance) or isinstance(b, Instance):
        same = a is b and isinstance(a, Instance) and not a.shared
        return True if same and not _compares(a) else None
    if isinstance(a, (External, ClassValue, Function)) or isinstance(b, (External, ClassValue, Function)):
        return identical(a, b)
    if isinstance(a, (str, bytes, int, float, type(None), tuple)) and isinstance(
        b, (str, bytes, int, float, type(None), tuple)
    ):
        return bool(a == b)
    return None


def _compares(value: Instance) -> bool:
    """Whether a class says itself what its instances are equal to."""
    return isinstance(value.cls, ClassValue) and value.cls.lookup("__eq__") is not MISSING


def _equal_items(a: tuple[Value, ...], b: tuple[Value, ...]) -> bool | None:
    if len(a) != len(b):
        return False
    answers = [equals(x, y) for x, y in zip(a, b)]
    if False in answers:
        return False
    return None if None in answers else True


def contains(container: Value, item: Value) -> bool | None:
    """Whether ``item in container``."""
    if isinstance(container, str):
        return item in container if isinstance(item, str) else None
    if isinstance(container, Lazy):
        return _yields(container, item)
    if isinstance(container, DictValue):
        keys: Any = list(container.items)
    elif isinstance(container, ListValue):
        keys = container.items
    elif isinstance(container, tuple):
        keys = container
    else:
        return None
    answers = [equals(item, key) for key in keys]
    if True in answers:
        return True
    exact = getattr(container, "exact", True)
    return False if exact and None not in answers else None


def _yields(source: Lazy, item: Value) -> bool | None:
    """Whether a view has an item; who looks into an iterator leaves it in some unknown place."""
    if source.once:
        source.begun[""] = True
        return None
    rows = source.compute()
    return contains(tuple(rows), item) if rows is not None else None


def _ordered(symbol: str, a: Value, b: Value) -> bool | None:
    if isinstance(a, Sym) or isinstance(b, Sym):
        if not (isinstance(a, NUMBERS) and isinstance(b, NUMBERS)):
            return None
        if symbol in ("<", ">="):
            answer = less(a, b)
            return answer if symbol == "<" or answer is None else not answer
        answer = less(b, a)
        return answer if symbol == ">" or answer is None else not answer
    try:
        answer = NATIVE[symbol](a, b)
    except TypeError:
        return None
    return answer if isinstance(answer, bool) else None


def truth(value: Value) -> bool | None:
    """Whether ``if value`` takes its branch."""
    if value is True or value is False:
        return bool(value)
    if isinstance(value, (bool, int, float, str, bytes, tuple, type(None))):
        return bool(value)
    if isinstance(value, (ListValue, DictValue)):
        return bool(value.items) if value.exact else (True if value.items else None)
    if isinstance(value, External):
        return True if _is_class(value.name) else None
    if isinstance(value, (ClassValue, Function)):
        return True
    if isinstance(value, Instance):
        # An nn.Module is true unless it defines a length: containers do.
        return None if _has_length(value) else True
    return None


def _has_length(value: Instance) -> bool:
    cls = value.cls
    if isinstance(cls, External):
        return cls.name.endswith(("Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"))
    return (
        any(isinstance(cls.lookup(name), Function) for name in ("__len__", "__bool__"))
        or cls.open
        or any(isinstance(c, External) and c.name != "torch.nn.Module" for c in cls.mro)
    )


def negation(heap: Heap, value: Value) -> Value:
    """``not value``."""
    answer = truth(value)
    if answer is None:
        return opaque(f"not {bracketed(value)}") if isinstance(value, Sym) else heap.fresh("not")
    return not answer
