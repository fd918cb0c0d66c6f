"""Parses large files without the bodies of their functions, and each of those when somebody looks at it.

Most functions of a large project are never run, and a syntax tree takes forty times the memory of its text.
"""

from __future__ import annotations

import ast
import sys
import warnings
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.outlines import Body, outline

if TYPE_CHECKING:
    from gconv_lint.frontends.source.parsed_files import SourceFile

#: The filter that ``simplefilter("ignore")`` puts first; a run puts it there once, as it costs a fifth of parsing.
_ALL_IGNORED = ("ignore", None, Warning, None, 0)
_LONG, _STACK = 200_000, 1 << 29


#: Ten attributes fit into a dictionary half the size of the next.
_KEPT = ("name", "args", "decorator_list", "lineno", "col_offset", "end_lineno", "end_col_offset", "type_params")
_ARGUMENTS = ("posonlyargs", "args", "kwonlyargs", "kw_defaults", "defaults")
_NO_ARGUMENTS: list[Any] = []
_SHARED: dict[Any, Any] = {}


def _read(function: Any) -> list[ast.stmt]:
    """Parse the statements of a function, at the places they have; none where they are no Python."""
    # An indented definition needs a block around it; blank lines in front keep the line numbers.
    indent = function.col_offset
    front = "\n" * (function.lineno - 2) + "if 1:\n" if indent else "\n" * (function.lineno - 1)
    text = function.file.text[function.place.heading : function.place.end]
    try:
        parsed: Any = parse(front + text).body[0]
        _settle(function, (parsed.body[0] if indent else parsed).body)
    except SyntaxError as error:
        function.file.refuse(error)
        _settle(function, [])
    return function.body  # type: ignore[no-any-return]


def _settle(function: Any, statements: list[ast.stmt]) -> None:
    """With its statements it is an ordinary function."""
    function.file.read.append(function)
    function.__class__ = _ORDINARY[type(function)]
    function.body = statements


class UnreadFunction(ast.FunctionDef):
    """A ``def`` whose statements are parsed when somebody asks for them."""

    file: SourceFile
    place: Body
    body = property(_read, _settle)


class UnreadCoroutine(ast.AsyncFunctionDef):
    """An ``async def`` whose statements are parsed when somebody asks for them."""

    file: SourceFile
    place: Body
    body = property(_read, _settle)


_ORDINARY: dict[type, type] = {UnreadFunction: ast.FunctionDef, UnreadCoroutine: ast.AsyncFunctionDef}
_UNREAD: dict[type, type] = {ordinary: unread for unread, ordinary in _ORDINARY.items()}


def release(function: Any) -> None:
    """Forget the statements of a function that was unread once: they are parsed again should somebody ask."""
    del function.body
    function.__class__ = _UNREAD[type(function)]


def is_known(node: ast.AST) -> bool:
    """Whether a function is or was unread, so that its text is at hand."""
    return "place" in node.__dict__


def is_unread(node: ast.AST) -> bool:
    """Whether the statements of a function have not been parsed."""
    return type(node) in _ORDINARY


def body_text(function: Any) -> str:
    """The text of the statements of a function that is or was unread."""
    return function.file.text[function.place.start : function.place.end]  # type: ignore[no-any-return]


def parse(text: str) -> ast.Module:
    """A module's syntax tree, without warnings about its literals."""
    if warnings.filters[:1] == [_ALL_IGNORED]:
        return _parse(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parse(text)


def _parse(text: str) -> ast.Module:
    if sys.version_info < (3, 11) and len(text) > _LONG:
        return _parse_with_room(text)
    return ast.parse(text)


def _parse_with_room(text: str) -> ast.Module:
    """The same on a stack of its own: before Python 3.11 a sum of 200,000 terms runs over the usual one."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    before = threading.stack_size(_STACK)
    try:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(ast.parse, text).result()
    finally:
        threading.stack_size(before)


def parse_lean(file: SourceFile, text: str) -> ast.Module:
    """The syntax tree of a module whose functions are unread; raises as ``ast.parse`` does.

    What looks like a function's body and is none, as in a text over several lines, makes the rest no Python: then
    the whole file is parsed.
    """
    shortened, bodies = outline(text)
    try:
        tree = parse(shortened)
    except SyntaxError:
        return parse(text)
    _mark(tree.body, file, bodies)
    return tree


def _lighten(function: Any) -> None:
    """Drop what nobody asks for: most types of parameters, and where they and simple defaults stand.

    These were most of what is left of a file. Parameters of one name are one node; only of groups the place is told.
    """
    args = function.args
    for names in (args.posonlyargs, args.args, args.kwonlyargs):
        names[:] = [_parameter(node) if node.arg != "groups" else node for node in names]
    args.defaults[:] = [_shared(node, node.value) if type(node) is ast.Constant else node for node in args.defaults]
    if args.vararg is None and args.kwarg is None:
        args.__dict__ = {name: getattr(args, name) or _NO_ARGUMENTS for name in _ARGUMENTS}
    function.__dict__ = {name: getattr(function, name) for name in _KEPT if hasattr(function, name)}


def _parameter(node: ast.arg) -> ast.arg:
    """One node for all parameters of a name; of types the plain names stay, which may be classes of the project."""
    kind = node.annotation.id if isinstance(node.annotation, ast.Name) else ""
    key = (ast.arg, node.arg, kind)
    known = _SHARED.get(key)
    if known is None:
        known = _SHARED[key] = ast.arg(arg=node.arg)
        known.__dict__["kind"] = kind  # no node: it has no place that somebody could ask for
    return known


def _shared(node: Any, value: Any) -> Any:
    """One node for all of a kind with the same value."""
    key = (type(node), type(value), value)
    known = _SHARED.get(key)
    if known is None:
        field = "arg" if type(node) is ast.arg else "value"
        known = _SHARED[key] = type(node)(**{field: value})
    return known


def _mark(body: list[ast.stmt], file: SourceFile, bodies: dict[int, Body]) -> int:
    """Make the functions in ``body`` unread, and let everything end where it did; the last line."""
    last = 0
    for statement in body:
        node: Any = statement
        known = bodies.get(node.lineno) if type(node) in _UNREAD else None
        if known is not None:
            del node.body
            _lighten(node)
            node.file, node.place, node.end_lineno = file, known, known.last
            node.__class__ = _UNREAD[type(node)]
        else:
            blocks = [getattr(node, name, ()) for name in ("body", "orelse", "finalbody")]
            blocks += [handler.body for handler in getattr(node, "handlers", ())]
            node.end_lineno = max([node.end_lineno, *(_mark(b, file, bodies) for b in blocks if b)])
        last = max(last, node.end_lineno)
    return last
