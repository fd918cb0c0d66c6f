"""Texts of values of the program: ``str``, ``repr``, formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

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
)

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


_WIDE = re.compile(r"\d{4,}")


def text(interp: Interpreter, value: Value, quoted: bool = False) -> Value:
    """``str(value)``, or ``repr(value)``."""
    if isinstance(value, Obj):
        for name in ("__repr__",) if quoted else ("__str__", "__repr__"):
            made = interp.method(value, name, [])
            if made is not MISSING:
                return made
        args = value.attrs.get("args")
        if isinstance(args, tuple) and not quoted and not args:
            return ""
        if isinstance(args, tuple) and not quoted:
            return text(interp, args[0] if len(args) == 1 else args)
        return f"<{value.cls.name} object>"
    if isinstance(value, Unknown):
        return value
    if isinstance(value, (list, tuple, dict, set)):
        limits.check(interp, value)
        return _container_text(interp, value)
    if isinstance(value, External):
        return value.name
    if isinstance(value, (Class, Function, Native, Bound, Partial, Namespace, Tensor, Stream)):
        return f"<{type(value).__name__} {getattr(value, 'name', '')}>"
    return repr(value) if quoted else str(value)


def _container_text(interp: Interpreter, value: Any) -> Value:
    def each(item: Value) -> str:
        interp.spend(1)
        made = text(interp, item, True)
        return made if isinstance(made, str) else "?"

    if isinstance(value, dict):
        return "{" + ", ".join(f"{each(k)}: {each(v)}" for k, v in value.items()) + "}"
    body = ", ".join(each(item) for item in value)
    if isinstance(value, tuple):
        return f"({body},)" if len(value) == 1 else f"({body})"
    return f"[{body}]" if isinstance(value, list) else f"{{{body}}}"


def formatted(interp: Interpreter, value: Value, conversion: int, spec: Value) -> Value:
    """The text of a value in an f-string or ``format``."""
    if isinstance(value, Unknown) or isinstance(spec, Unknown):
        return value if isinstance(value, Unknown) else spec
    if _WIDE.search(spec):
        return interp.unknown("a text that is too long to be kept")
    if conversion == ord("r") or not limits.is_scalar(value):
        value = text(interp, value, conversion == ord("r"))
        if isinstance(value, Unknown):
            return value
    try:
        return limits.kept(interp, format(value, spec))
    except (ValueError, TypeError, ArithmeticError) as error:
        raise interp.translated(error) from None


def percent(interp: Interpreter, template: str, value: Value) -> Value:
    """``template % value``."""
    if _WIDE.search(template) or "*" in template:
        return interp.unknown("a text that is too long to be kept")
    limits.check(interp, value)
    given = tuple(_printable(interp, v) for v in value) if isinstance(value, tuple) else _printable(interp, value)
    try:
        return limits.kept(interp, template % given)
    except (TypeError, ValueError, KeyError) as error:
        raise interp.translated(error) from None


def _printable(interp: Interpreter, value: Value) -> Any:
    if limits.is_scalar(value):
        return value
    if isinstance(value, dict):
        return {key: _printable(interp, item) for key, item in value.items()}
    made = text(interp, value)
    return made if isinstance(made, str) else "?"


def format_text(interp: Interpreter, template: str, *args: Value, **kwargs: Value) -> Value:
    """``template.format(...)``, without attributes and items of the arguments."""
    if _WIDE.search(template) or re.search(r"\{\w*[.\[]", template) or re.search(r"\{[^}]*\{", template):
        return interp.unknown("a format that is not followed")
    if any(isinstance(v, Unknown) for v in (*args, *kwargs.values())):
        return next(v for v in (*args, *kwargs.values()) if isinstance(v, Unknown))
    given = [_printable(interp, v) for v in args]
    named = {k: _printable(interp, v) for k, v in kwargs.items()}
    longest = max([len(v) for v in (*given, *named.values()) if isinstance(v, str)], default=0)
    limits.length(len(template) + template.count("{") * longest)
    return template.format(*given, **named)
