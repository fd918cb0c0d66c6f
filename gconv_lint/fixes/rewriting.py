"""The operations that changes name: LibCST rewrites the text of one expression, keeping what it does not touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from gconv_lint.model.fixes import Change, Edit, Fix

if TYPE_CHECKING:
    import libcst as cst

#: Operations that need no syntax: the text itself.
REPLACE, INSERT = "replace", "insert"


def edits(fix: Fix) -> tuple[Edit, ...]:
    """The text edits of a fix; none where one of its changes cannot be made."""
    made = [_edit(change) for change in fix.changes]
    return tuple(edit for edit in made if edit is not None) if None not in made else ()


def _edit(change: Change) -> Edit | None:
    text = rewritten(change.old, change.operation, change.arguments)
    return None if text is None else Edit(change.place, change.start, change.end, text)


@cache
def rewritten(old: str, operation: str, arguments: tuple[str, ...]) -> str | None:
    """The text after an operation; ``None`` where it cannot be made there or changes nothing."""
    if operation == REPLACE:
        return arguments[0]
    if operation == INSERT:
        return arguments[0] + old
    import libcst as cst  # heavy: only once a fix is wanted

    try:  # in parentheses, as it may stand on several lines
        node: Any = cst.parse_expression(f"({old})")
    except (cst.ParserSyntaxError, ValueError):
        return None
    node = node.with_changes(lpar=node.lpar[1:], rpar=node.rpar[:-1])
    changed = _OPERATIONS[operation](node, *arguments)
    text = None if changed is None else cst.Module([]).code_for_node(changed)
    return None if text == old else text


def _set_argument(call: Any, name: str, position: str, value: str) -> Any:
    """Give a parameter a value: by keyword, or in its place among the positional arguments."""
    import libcst as cst

    index = _index(call, name, int(position))
    if index is None:
        return _appended(call, name, value)
    args = list(call.args)
    args[index] = args[index].with_changes(value=cst.parse_expression(value))
    return call.with_changes(args=args)


def _index(call: cst.Call, name: str, position: int) -> int | None:
    """Where a call passes a parameter; ``position`` is -1 for one that is passed by keyword only."""
    for index, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == name:
            return index
    plain = 0
    for arg in call.args:
        if arg.star or arg.keyword is not None:
            break
        plain += 1
    return position if 0 <= position < plain else None


def _appended(call: Any, name: str, value: str) -> Any:
    """The call with one more keyword argument, laid out like the last one, in front of ``**kwargs``."""
    import libcst as cst

    args = list(call.args)
    at = next((index for index, arg in enumerate(args) if arg.star == "**"), len(args))
    separator = args[0].comma if len(args) > 1 else cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    new = cst.Arg(
        keyword=cst.Name(name),
        value=cst.parse_expression(value),
        equal=cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace("")),
    )
    if at < len(args):
        args.insert(at, new.with_changes(comma=separator))
    elif args:
        last = args[-1]
        new = new.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
        args[-1] = last.with_changes(comma=separator, whitespace_after_arg=cst.SimpleWhitespace(""))
        args.append(new)
    else:
        args.append(new)
    return call.with_changes(args=args)


def _remove_argument(call: Any, name: str, position: str) -> Any:
    """Leave an argument out; one with others behind it by position stays."""
    index = _index(call, name, int(position))
    if index is None:
        return None
    args = list(call.args)
    if args[index].keyword is None and any(a.keyword is None and not a.star for a in args[index + 1 :]):
        return None
    gone = args.pop(index)
    if index and index < len(args):
        args[index - 1] = args[index - 1].with_changes(comma=_joined(args[index - 1].comma, gone.comma))
    elif index and not _comments(args[-1].comma.whitespace_after):
        args[-1] = args[-1].with_changes(comma=gone.comma, whitespace_after_arg=gone.whitespace_after_arg)
    return call.with_changes(args=args)


def _comments(node: Any) -> list[Any]:
    """The comments in the white space around an argument or a comma."""
    import libcst.matchers as m

    return list(m.findall(node, m.Comment()))


def _joined(comma: Any, behind: Any) -> Any:
    """One comma for two, with the comments of both."""
    import libcst as cst

    first, second = comma.whitespace_after, behind.whitespace_after
    if not _comments(second):
        return comma
    if not _comments(first):
        return comma.with_changes(whitespace_after=second)
    own = second.first_line
    lines = [*first.empty_lines, *second.empty_lines]
    if own.comment is not None:
        note = cst.EmptyLine(indent=False, whitespace=first.last_line, comment=own.comment, newline=own.newline)
        lines.insert(len(first.empty_lines), note)
    return comma.with_changes(whitespace_after=first.with_changes(empty_lines=lines))


def _name_arguments(call: Any, first: str, *names: str) -> Any:
    """Pass the positional arguments from ``first`` on by these keywords."""
    import libcst as cst

    args = list(call.args)
    start = int(first)
    if len(args) < start + len(names):
        return None
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    for index, name in enumerate(names, start):
        if args[index].keyword is not None or args[index].star:
            return None
        args[index] = args[index].with_changes(keyword=cst.Name(name), equal=tight)
    return call.with_changes(args=args)


def _floor_division(node: Any) -> Any:
    """Round the quotients that make up a number: those inside calls and subscripts are other numbers."""
    import libcst as cst

    if not isinstance(node, cst.BinaryOperation):
        return node
    changed = node.with_changes(left=_floor_division(node.left), right=_floor_division(node.right))
    if isinstance(node.operator, cst.Divide):
        spaces = (node.operator.whitespace_before, node.operator.whitespace_after)
        return changed.with_changes(operator=cst.FloorDivide(*spaces))
    return changed


def _call_method(call: Any, name: str, before: str) -> Any:
    """Call another method on the same object, behind the calls ``before``: ``.transpose(1, 2)``."""
    import libcst as cst

    if not isinstance(call.func, cst.Attribute):
        return None
    receiver: Any = call.func.value
    text = cst.Module([]).code_for_node(receiver)
    if before:
        receiver = cst.parse_expression(f"({text}{before})")
        receiver = receiver.with_changes(lpar=[], rpar=[])
    return call.with_changes(func=call.func.with_changes(attr=cst.Name(name), value=receiver))


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "set_argument": _set_argument,
    "remove_argument": _remove_argument,
    "name_arguments": _name_arguments,
    "floor_division": _floor_division,
    "call_method": _call_method,
}

__all__: Sequence[str] = ("INSERT", "REPLACE", "edits", "rewritten")
