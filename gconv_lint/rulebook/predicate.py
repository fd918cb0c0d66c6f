"""A rule's ``when``: Python expression syntax compiled to a three-valued function of a subject's facts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from gconv_lint.facts import kleene
from gconv_lint.facts.kleene import UNKNOWN, Truth

#: From the facts of one subject to ``True``, ``False`` or ``UNKNOWN``.
Predicate = Callable[[Mapping[str, Any]], Truth]
Node = Callable[[Mapping[str, Any]], Any]

MAX_LENGTH = 2000

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": kleene.smallest,
    "max": kleene.largest,
    "abs": kleene.absolute,
    "gcd": kleene.common_divisor,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: kleene.plus,
    ast.Sub: kleene.minus,
    ast.Mult: kleene.times,
    ast.FloorDiv: kleene.quotient,
    ast.Div: kleene.ratio,
    ast.Mod: kleene.remainder,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Truth]] = {
    ast.Eq: kleene.equal,
    ast.NotEq: kleene.unequal,
    ast.Lt: kleene.less,
    ast.Gt: lambda a, b: kleene.less(b, a),
    ast.LtE: kleene.at_most,
    ast.GtE: lambda a, b: kleene.at_most(b, a),
    ast.In: lambda a, b: kleene.any_of(kleene.equal(a, item) for item in b),
    ast.NotIn: lambda a, b: kleene.negation(kleene.any_of(kleene.equal(a, item) for item in b)),
}


class PredicateError(ValueError):
    """An expression that cannot be a rule's condition; the message is one clear sentence."""


def names_in(text: str) -> frozenset[str]:
    """The words that an expression uses.

    Raises ``PredicateError`` when it is no expression that a rule may use.
    """
    tree = _parse(text)
    _compile(tree, {})
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions)


def compile_predicate(text: str, constants: Mapping[str, Any] | None = None) -> Predicate:
    """The function that ``text`` describes; ``constants`` are words whose value is the same for every subject.

    Raises ``PredicateError`` when ``text`` is no expression that a rule may use.
    """
    tree = _parse(text)
    node = _compile(tree, constants or {})
    return node if isinstance(tree, (ast.BoolOp, ast.Compare)) else lambda facts: kleene.truth(node(facts))


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise PredicateError(f"the expression is longer than {MAX_LENGTH} characters")
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise PredicateError(f"`{text.strip()}` is not a Python expression ({error})") from None


def _compile(node: ast.expr, constants: Mapping[str, Any]) -> Node:
    compiler = _COMPILERS.get(type(node))
    if compiler is None:
        raise PredicateError(f"`{ast.unparse(node)}` is not allowed; {_ALLOWED}")
    return compiler(node, constants)


def _constant(node: ast.Constant, _constants: Mapping[str, Any]) -> Node:
    value = node.value
    if not (value is None or isinstance(value, (bool, int, float, str))):
        raise PredicateError(f"`{ast.unparse(node)}` is not allowed; constants are numbers, strings, True, False, None")
    return lambda _facts: value


def _name(node: ast.Name, constants: Mapping[str, Any]) -> Node:
    word = node.id
    if word in constants:
        value = constants[word]
        return lambda _facts: value
    return itemgetter(word)


def _sequence(node: ast.Tuple | ast.List, constants: Mapping[str, Any]) -> Node:
    items = [_compile(item, constants) for item in node.elts]
    return lambda facts: tuple(item(facts) for item in items)


def _bool(node: ast.BoolOp, constants: Mapping[str, Any]) -> Node:
    parts = tuple(_compile(part, constants) for part in node.values)
    # Not kleene.all_of over a generator: this is the hottest loop of a run.
    decisive = isinstance(node.op, ast.Or)
    harmless = not decisive

    def evaluate(facts: Mapping[str, Any]) -> Truth:
        outcome: Truth = harmless
        for part in parts:
            value = part(facts)
            if value is harmless:
                continue
            verdict = kleene.truth(value)
            if verdict is decisive:
                return decisive
            if verdict is UNKNOWN:
                outcome = UNKNOWN
        return outcome

    return evaluate


def _unary(node: ast.UnaryOp, constants: Mapping[str, Any]) -> Node:
    operand = _compile(node.operand, constants)
    if isinstance(node.op, ast.Not):
        return lambda facts: kleene.negation(operand(facts))
    if isinstance(node.op, ast.USub):
        return lambda facts: kleene.minus(0, operand(facts))
    raise PredicateError(f"`{ast.unparse(node)}` is not allowed; {_ALLOWED}")


def _binary(node: ast.BinOp, constants: Mapping[str, Any]) -> Node:
    operation = _ARITHMETIC.get(type(node.op))
    if operation is None:
        raise PredicateError(f"`{ast.unparse(node)}` is not allowed; {_ALLOWED}")
    left, right = _compile(node.left, constants), _compile(node.right, constants)
    return lambda facts: operation(left(facts), right(facts))


def _compare(node: ast.Compare, constants: Mapping[str, Any]) -> Node:
    steps = list(_comparisons(node, constants))
    if len(steps) == 1:
        return steps[0]
    return lambda facts: kleene.all_of(step(facts) for step in steps)


def _comparisons(node: ast.Compare, constants: Mapping[str, Any]) -> Iterator[Node]:
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        compare = _COMPARISONS.get(type(operator))
        listed = isinstance(right, (ast.Tuple, ast.List))
        if compare is None or listed != isinstance(operator, (ast.In, ast.NotIn)):
            raise PredicateError(f"`{ast.unparse(node)}` is not allowed; {_ALLOWED}")
        yield _step(compare, _compile(left, constants), _compile(right, constants))


def _step(compare: Callable[[Any, Any], Truth], left: Node, right: Node) -> Node:
    return lambda facts: compare(left(facts), right(facts))


def _choice(node: ast.IfExp, constants: Mapping[str, Any]) -> Node:
    test, body, other = (_compile(part, constants) for part in (node.test, node.body, node.orelse))

    def evaluate(facts: Mapping[str, Any]) -> Any:
        verdict = kleene.truth(test(facts))
        return UNKNOWN if verdict is UNKNOWN else body(facts) if verdict else other(facts)

    return evaluate


def _call(node: ast.Call, constants: Mapping[str, Any]) -> Node:
    function = _FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
    least = 1 if function is kleene.absolute else 2
    if function is None or node.keywords or len(node.args) < least or (least == 1 and len(node.args) > 1):
        raise PredicateError(f"`{ast.unparse(node)}` is not allowed; calls are min, max and gcd of several, abs of one")
    arguments = tuple(_compile(argument, constants) for argument in node.args)
    return lambda facts: function(*(argument(facts) for argument in arguments))


_ALLOWED = (
    "allowed are facts, constants, and, or, not, if-else, comparisons, in (...), + - * / // %, min, max, abs, gcd"
)
_COMPILERS: dict[type[ast.expr], Callable[..., Node]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.BoolOp: _bool,
    ast.UnaryOp: _unary,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.Call: _call,
}
