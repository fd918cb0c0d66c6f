"""What it means to call a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gconv_lint.frontends.whole import limits, wellknown
from gconv_lint.frontends.whole.attributes import kind_of
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.functions import first_unknown
from gconv_lint.frontends.whole.values import (
    MISSING,
    Bound,
    Class,
    External,
    Function,
    Native,
    Obj,
    Partial,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


#: What Python says where it does not bind arguments to the parameters of a function of this package.
_SIGNATURE = re.compile(r"positional argument|unexpected keyword|multiple values for|required keyword-only")


def call(interp: Interpreter, callee: Value, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
    """``callee(*args, **kwargs)``. Raises ``Raised``."""
    kind = type(callee)
    if kind is Function:
        return interp.functions.call(callee, args, kwargs, f)
    if kind is Bound:
        return call(interp, callee.function, [callee.receiver, *args], kwargs, f)
    if kind is Class:
        return interp.classes.instantiate(callee, args, kwargs, f)
    if kind is Native:
        return native(interp, callee, args, kwargs)
    if kind is Obj:
        return _object(interp, callee, args, kwargs, f)
    if kind is Partial:
        return call(interp, callee.function, [*callee.args, *args], {**callee.kwargs, **kwargs}, f)
    if kind is Static:
        return call(interp, callee.function, args, kwargs, f)
    if kind is External:
        return wellknown.called(interp, callee, args, kwargs)
    if kind is Unknown:
        return _unknown(interp, callee, args, kwargs)
    raise interp.error("TypeError", f"'{kind_of(callee)}' object is not callable")


def _unknown(interp: Interpreter, callee: Unknown, args: list[Value], kwargs: dict[str, Value]) -> Unknown:
    """What cannot be known is called, with what it may change."""
    interp.deferred.use(callee)
    if callee.owed is not None:
        if callee.origin:
            interp.deferred.passed(callee.origin, args, kwargs)
        else:
            interp.gap(f"something unknown is called: {callee.reason}")
    return callee


def native(interp: Interpreter, callee: Native, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """Run a function of this package on values of the program; what Python refuses, the program raises."""
    try:
        interp.spend(1)
        made = limits.kept(interp, callee.run(interp, *args, **kwargs))
        return interp.deferred.made(made, (*args, *kwargs.values())) if type(made) is Unknown else made
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError, AssertionError) as error:
        if first_unknown((*args, *kwargs.values())) is not None:
            interp.gap(f"`{callee.name}` of something unknown")
        elif isinstance(error, TypeError) and _SIGNATURE.search(str(error)):
            return interp.unknown(f"`{callee.name}` is called in a way that is not understood")
        raise interp.translated(error) from None
    except (RecursionError, MemoryError):
        raise interp.error("RecursionError", "nested too deeply") from None


def _object(interp: Interpreter, callee: Obj, args: list[Value], kwargs: dict[str, Value], f: Frame | None) -> Value:
    if interp.modules_of.is_module(callee):
        own = callee.cls.lookup("__call__")
        if own is MISSING or isinstance(own, Native):
            return interp.modules_of.run(callee, args, kwargs, f)
    function = callee.cls.lookup("__call__")
    if function is not MISSING:
        return interp.call(interp.attributes.bound(function, callee, callee.cls), args, kwargs, f)
    if callee.cls.foreign is not None:
        return interp.unknown(f"`{callee.cls.foreign.name}` cannot be read, which is called")
    raise interp.error("TypeError", f"'{callee.cls.name}' object is not callable")
