"""Parses large files without the bodies of their functions, and each of those when somebody looks at it.

Most functions of a large project are never run, and a syntax tree takes forty times the memory of its text.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gconv_lint.frontends.source.project import SourceFile

_HEADING = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]", re.MULTILINE)
#: Texts and comments. What is not closed ends with its line or, between three quotes, with the file.
_TEXTS = re.compile(
    r"[\"'#](?:(?<=#)[^\n]*"
    r"|(?<=\")(?:\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\"|\Z)|[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?)"
    r"|(?<=')(?:''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)|[^'\\\n]*(?:\\.[^'\\\n]*)*'?))",
    re.DOTALL,
)
#: The filter that ``simplefilter("ignore")`` puts first; a run puts it there once, as it costs a fifth of parsing.
_ALL_IGNORED = ("ignore", None, Warning, None, 0)
_LONG, _STACK = 200_000, 1 << 29
#: A heading of more lines is not looked at; its function stays as it is.
_MAX_HEADING = 80


#: Ten attributes fit into a dictionary half the size of the next.
_KEPT = ("name", "args", "decorator_list", "lineno", "col_offset", "end_lineno", "end_col_offset", "type_params")
_ARGUMENTS = ("posonlyargs", "args", "kwonlyargs", "kw_defaults", "defaults")
_NO_ARGUMENTS: list[Any] = []
_SHARED: dict[Any, Any] = {}


class Body(NamedTuple):
    """Where a function stands in its text, with its heading; where its statements do, and the last line of those."""

    heading: int
    start: int
    end: int
    last: int


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
    outline, bodies = _outline(text)
    try:
        tree = parse(outline)
    except SyntaxError:
        return parse(text)
    _mark(tree.body, file, bodies)
    return tree


def _outline(text: str) -> tuple[str, dict[int, Body]]:
    """The text with ``pass`` for the body of every function, line by line as before, and the bodies by ``def`` line."""
    code = _joined_texts(text)
    pieces: list[str] = []
    bodies: dict[int, Body] = {}
    copied, line, counted = 0, 1, 0
    heading = _HEADING.search(code)
    while heading is not None:
        start = _start_of_body(code, heading)
        end = heading.end()
        if start:
            end = _end_of_body(code, start, len(heading[1]))
            line, counted = line + text.count("\n", counted, heading.start()), heading.start()
            written = start + len(text[start:end].rstrip())
            last = line + text.count("\n", heading.start(), written)
            bodies[line] = Body(heading.start(), start, written, last)
            pieces += (text[copied:start], heading[1], " pass", "\n" * text.count("\n", start, end))
            copied = end
        heading = _HEADING.search(code, end)
    return "".join([*pieces, text[copied:]]), bodies


def _joined_texts(text: str) -> str:
    """The code, as long as before, in which no line begins inside a text.

    In most files texts over several lines stand between three double quotes, no line that one begins on has another
    quote or a comment before it, and no line is joined to the next: then nobody has to look at each text.
    """
    pieces = text.split('"""')
    inside, outside = pieces[1::2], pieces[::2]
    if "'''" in text or len(pieces) % 2 == 0 or any("\\\n" in piece for piece in outside):
        return _TEXTS.sub(_on_one_line, text)
    if any(piece.endswith("\\") for piece in inside) or not all(map(_ends_clear, outside[:-1])):
        return _TEXTS.sub(_on_one_line, text)
    pieces[1::2] = [piece.replace("\n", " ") for piece in inside]
    return '"""'.join(pieces)


def _ends_clear(code: str) -> bool:
    """Whether the last line has no text and no comment."""
    line = code[code.rfind("\n") + 1 :]
    return "'" not in line and '"' not in line and "#" not in line


def _on_one_line(match: re.Match[str]) -> str:
    """A text as long as before, in which no line begins that looks like code."""
    return match[0].replace("\n", " ")


def _start_of_body(code: str, heading: re.Match[str]) -> int:
    """Where the line behind a heading starts; 0 where the body is on the same line or cannot be told."""
    end = heading.end()
    for _ in range(_MAX_HEADING):
        end = code.find("\n", end) + 1
        if not end:
            return 0
        written = code[heading.end() : end]
        if "'" in written or '"' in written or "#" in written:
            written = _TEXTS.sub("", written)
        if written.count("(") == written.count(")") and written.count("[") == written.count("]"):
            return end if written.rstrip().endswith(":") else 0
    return 0


def _end_of_body(code: str, start: int, indent: int) -> int:
    """Where the first line starts that is no further to the right than the heading."""
    outer = _outer_line(indent).search(code, start - 1)
    return outer.start() + 1 if outer is not None else len(code)


@cache
def _outer_line(indent: int) -> re.Pattern[str]:
    return re.compile(rf"\n[ \t]{{0,{indent}}}[^\s#)\]}}]")  # a literal head is found faster than ``^``


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
