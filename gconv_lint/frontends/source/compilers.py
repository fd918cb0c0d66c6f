"""Which function compiles which kind of expression."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from gconv_lint.frontends.source import call_expressions, comprehensions, conditions, displays, expressions
from gconv_lint.frontends.source.frames import Closure

COMPILERS: Mapping[type[ast.AST], Callable[..., Closure]] = {
    ast.Constant: expressions.constant, ast.Name: expressions.variable, ast.Attribute: expressions.attribute,
    ast.BinOp: expressions.binary, ast.UnaryOp: expressions.unary, ast.Lambda: expressions.lambda_,
    ast.Subscript: expressions.subscript, ast.Slice: expressions.slicing, ast.NamedExpr: expressions.walrus,
    ast.JoinedStr: expressions.joined, ast.FormattedValue: expressions.formatted,
    ast.Yield: expressions.yield_, ast.YieldFrom: expressions.yield_, ast.Await: expressions.await_,
    ast.Compare: conditions.comparison, ast.BoolOp: conditions.junction, ast.IfExp: conditions.choice,
    ast.Tuple: displays.sequence, ast.List: displays.sequence, ast.Set: displays.sequence, ast.Dict: displays.table,
    ast.ListComp: comprehensions.comprehension, ast.SetComp: comprehensions.comprehension,
    ast.GeneratorExp: comprehensions.comprehension, ast.DictComp: comprehensions.comprehension,
    ast.Call: call_expressions.call,
}  # fmt: skip
