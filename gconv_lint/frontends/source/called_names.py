"""Reads from the text of a definition, without a walk over its tree, whom it calls and which attributes it stores."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.bodies import body_text, is_known
from gconv_lint.frontends.source.values import NO_NAMES

if TYPE_CHECKING:
    from gconv_lint.frontends.source.parsed_files import SourceFile

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_STRINGS = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*", re.DOTALL)
_LOCAL = re.compile(r"\b(?:def|import|as)\s+(\w+)")
_DOTTED = re.compile(r"[\w.]*")
_MENTIONED = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*")
_STORED = re.compile(
    r"\.(\w+)(?:\s*\[[^\n=]*\])?\s*(?::[^=\n]*|[-+*/|&%@]|//|\*\*)?=(?!=)"
    r"|\.(\w+)\.(?:append|extend|insert|update|add|pop|setdefault|remove|clear|sort|reverse)\("
)
_OWN = re.compile(r"\bself\.\w+(?=\s*(?::[^=\n]*|[-+*/|&%@]|//|\*\*)?=(?!=))")
#: An assignment to several targets at once; a keyword argument has a parenthesis before it.
_UNPACKED = re.compile(r"^[^(=\n]*,[^(=\n]*=(?!=)", re.MULTILINE)
#: Ways to store an attribute whose name no text shows.
_HIDDEN = ("setattr(", "__dict__", "vars(", "__setattr__(")
#: Stands for every attribute.
ANY = "*"
_ATTRIBUTE = re.compile(r"\.(\w+)")
#: What runs when a class is called, and what runs when its instances are.
BUILDING, RUNNING = ("__init__", "__new__", "__post_init__"), ("forward", "__call__")
#: Calls whose effect no text shows.
_ANYTHING = ("exec", "eval", "map")


class Calls:
    """What one piece of code calls.

    ``names`` holds dotted names, ``mentioned`` those that a statement outside functions gives away uncalled;
    ``computed`` says that it also calls what a subscript or another call gave, with arguments; ``runs`` that it is
    code of an instance at work, not code that builds something.
    """

    __slots__ = ("_text", "computed", "mentioned", "names", "params", "runs")

    def __init__(self, text: str, params: frozenset[str] | None, runs: bool) -> None:
        self.params = params or NO_NAMES
        self.runs = runs
        self.names, self.computed = _calls(text)
        self.mentioned = set(_MENTIONED.findall(text)) - self.names if params is None else set()
        self.computed = self.computed or "self.__dict__" in text or "global " in text or "nonlocal " in text
        self._text = text

    def defines(self, word: str) -> bool:
        """Whether the code has a function or an import of its own under a name."""
        return word in _LOCAL.findall(self._text)


def _calls(text: str) -> tuple[set[str], bool]:
    names: set[str] = set()
    computed = False
    pieces = text.split("(")
    for position, piece in enumerate(pieces[:-1]):
        backwards = _DOTTED.match(piece[:-81:-1])
        name = backwards[0][::-1] if backwards is not None else ""
        if name:
            names.add(name)
            computed = computed or name in _ANYTHING or (name == "setattr" and pieces[position + 1].startswith("self"))
        elif piece.endswith((")", "]")) and not pieces[position + 1].startswith(")"):
            computed = computed or not (position and pieces[position - 1].endswith("type"))
    return names, computed


def calls_of(node: ast.stmt, file: SourceFile) -> list[Calls]:
    """The calls of a function's body; of a class, those of its constructor, its ``forward`` and its own statements."""
    return [Calls(_STRINGS.sub("''", text), params, runs) for text, params, runs in _texts(node, file)]


def stores_of(node: ast.stmt, file: SourceFile, own: bool = True) -> frozenset[str]:
    """The attributes, of whatever object, that a definition may change; ``ANY`` where it may be all.

    Unless those of its ``own`` count, what it stores in ``self`` by name is left out.
    """
    texts = [_STRINGS.sub("''", text) for text, _, _ in _texts(node, file)]
    texts = texts if own else [_OWN.sub("own", text) for text in texts]
    several = [name for text in texts for heading in _UNPACKED.findall(text) for name in _ATTRIBUTE.findall(heading)]
    hidden = [ANY for text in texts for way in _HIDDEN if way in text]
    return frozenset([*several, *hidden, *(a or b for text in texts for a, b in _STORED.findall(text))])


def _texts(node: ast.stmt, file: SourceFile) -> Iterator[tuple[str, frozenset[str] | None, bool]]:
    """``(text, parameters, whether it runs an instance)``; no parameters where names are given to other names."""
    if isinstance(node, FUNCTIONS):
        yield _body(node, file), _params(node), node.name in RUNNING
    elif isinstance(node, ast.ClassDef):
        for inner in node.body:
            if isinstance(inner, ast.ClassDef) or (
                isinstance(inner, FUNCTIONS) and inner.name in (*BUILDING, *RUNNING)
            ):
                yield from _texts(inner, file)
            elif isinstance(inner, (ast.Assign, ast.Expr, ast.If, ast.For)) and not _is_text(inner):
                yield _between(inner, inner, file), None, False
    else:
        yield _between(node, node, file), None, False


def _body(node: Any, file: SourceFile) -> str:
    """The text of a function without its heading and its documentation."""
    if is_known(node):
        return body_text(node)
    body = node.body[1:] if _is_text(node.body[0]) else node.body
    return _between(body[0], node, file) if body else ""


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _between(first: ast.stmt, last: ast.stmt, file: SourceFile) -> str:
    return file.between(first.lineno, last.end_lineno or last.lineno)


def _params(node: Any) -> frozenset[str]:
    args = node.args
    names = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
    return frozenset(a.arg for a in names if a is not None) - {"self"}
