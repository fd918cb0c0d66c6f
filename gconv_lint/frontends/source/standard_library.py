"""What calls of the standard library give that make, read or join data."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source import copies, data_classes, iterators
from gconv_lint.frontends.source.displays import is_key
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.merging import OPEN
from gconv_lint.frontends.source.values import (
    MISSING,
    UNKNOWN_STAR,
    ClassValue,
    DictValue,
    Function,
    Instance,
    ListValue,
    Value,
)

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

#: Products of more rows than this say where pixels are, and loops over them make no layers but take long.
MAX_ROWS = 32
#: Texts longer than this are not read as data.
MAX_TEXT = 50_000


def namespace(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``SimpleNamespace(**attributes)``: an object of a class without methods, as if the project defined it."""
    if args or node is None:
        return MISSING
    cls = ClassValue("Namespace", data_classes.statement("Namespace", node), f.module)
    cls.open = True
    made = Instance(cls)
    made.attrs.update({k: v for k, v in kwargs.items() if k is not UNKNOWN_STAR})
    if UNKNOWN_STAR in kwargs:
        made.attrs[OPEN] = True
    return made


def _literal(read: Callable[[str], Any]) -> Callable[..., Value]:
    def run(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
        if len(args) != 1 or kwargs or not isinstance(args[0], str) or len(args[0]) > MAX_TEXT:
            return MISSING
        try:
            return _as_value(read(args[0]))
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            return MISSING

    return run


def _read_json(text: str) -> Any:
    import json  # few programs read any

    return json.loads(text)


def _as_value(data: Any) -> Value:
    """Data as the evaluator has it; ``ValueError`` where it has a set, which is of no order."""
    if isinstance(data, list):
        return ListValue([_as_value(v) for v in data])
    if isinstance(data, dict):
        if not all(map(is_key, data)):
            raise ValueError
        return DictValue({k: _as_value(v) for k, v in data.items()})
    if isinstance(data, (set, frozenset)):
        raise ValueError
    return tuple([_as_value(v) for v in data]) if isinstance(data, tuple) else data


def _rearranging(arrange: Callable[[list[list[Value]]], list[Value] | None]) -> Callable[..., Value]:
    def run(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
        if not args or kwargs or UNKNOWN_STAR in args:
            return MISSING
        return iterators.rearranged(ev, args, arrange)

    return run


def _joined(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``itertools.chain.from_iterable(rows)``."""
    rows = ev.iterate(args[0]) if len(args) == 1 and not kwargs else None
    return MISSING if rows is None else iterators.rearranged(ev, rows, lambda columns: [*itertools.chain(*columns)])


def _product(columns: list[list[Value]]) -> list[Value] | None:
    """``itertools.product(*columns)``, where it is a table and not the points of a grid."""
    rows = list(itertools.islice(itertools.product(*columns), MAX_ROWS + 1))
    return rows if len(rows) <= MAX_ROWS else None


def _repeated(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``itertools.repeat(value, times)``."""
    times = args[1] if len(args) == 2 else kwargs.get("times")
    if not isinstance(times, int) or not 0 <= times <= iterators.MAX_ITERATIONS:
        return MISSING
    return iterators.over(ev, tuple([args[0]] * times))


def _accumulated(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``itertools.accumulate(numbers)``."""
    if len(args) != 1 or kwargs:
        return MISSING

    def sums(columns: list[list[Value]]) -> list[Value]:
        return list(itertools.accumulate(columns[0], lambda a, b: ev.operate("+", a, b)))

    return iterators.rearranged(ev, args, sums)


def _evaluated(ev: Evaluator, args: list[Value], kwargs: dict[Any, Value], node: Any, f: Frame) -> Value:
    """``eval(name)``: the name of a class or function in a table of layers."""
    if len(args) != 1 or kwargs or not isinstance(args[0], str) or not args[0].isidentifier():
        return MISSING
    value = compile_expression(ev, ast.Name(args[0], ast.Load()))(f)
    return value if isinstance(value, (ClassValue, Function)) else MISSING


#: Each takes the evaluator, positional and keyword values, the call and its frame; ``MISSING`` says that it is unknown.
CALLS: dict[str, Callable[..., Value]] = {
    "dataclasses.field": data_classes.field,
    "dataclasses.replace": data_classes.replace,
    "dataclasses.asdict": data_classes.as_dict,
    "builtins.eval": _evaluated,
    "collections.namedtuple": data_classes.named_tuple,
    "typing.NamedTuple": data_classes.named_tuple,
    "types.SimpleNamespace": namespace,
    "argparse.Namespace": namespace,
    "copy.copy": copies.shallow,
    "copy.deepcopy": copies.deep,
    "json.loads": _literal(_read_json),
    "ast.literal_eval": _literal(ast.literal_eval),
    "itertools.chain": _rearranging(lambda columns: [*itertools.chain(*columns)]),
    "itertools.chain.from_iterable": _joined,
    "itertools.pairwise": _rearranging(lambda columns: [*itertools.pairwise(columns[0])]),
    "itertools.product": _rearranging(_product),
    "itertools.repeat": _repeated,
    "itertools.accumulate": _accumulated,
}
