"""Finds the calls of a recorded chain in the source text, and hands them to the source front end's own reading."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NamedTuple

from gconv_lint.frontends.fx.faults import STANDARD, is_installed
from gconv_lint.frontends.fx.stacks import Spot
from gconv_lint.frontends.source import stored_names
from gconv_lint.frontends.source.frames import Call, Frame
from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.reading import MAX_BYTES
from gconv_lint.frontends.source.values import External, Module
from gconv_lint.frontends.source.words import last_word
from gconv_lint.model.places import Place

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
#: Frames that Python up to 3.11 makes for what is written inside of a function.
_INNER = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"))

#: Nodes without calls in them.
_BARREN = (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.alias)

Range = tuple[int, int, int, int]


class Site(NamedTuple):
    """A call in the source text, with the function and the class that it stands in."""

    node: ast.Call
    function: Any = None
    cls: ast.ClassDef | None = None


class _Definition(NamedTuple):
    """A function or class, its first and last line, and the class around it."""

    first: int
    last: int
    node: Any
    owner: ast.ClassDef | None


class Text:
    """A file with its calls by where they stand; definitions are looked through when a call in them is asked for."""

    def __init__(self, file: SourceFile) -> None:
        self.module = Module("", file)
        self.foreign = is_installed(os.path.abspath(file.path))
        self._sites: dict[Range, Site] = {}
        self._unseen: list[_Definition] = []
        tree = file.tree()
        if tree is not None:
            self._enter(tree, None, None)

    @property
    def file(self) -> SourceFile:
        """The text and its tree."""
        return self.module.file

    def _enter(self, top: ast.AST, function: Any, owner: ast.ClassDef | None) -> None:
        """Note the calls below a node and under which name each result is stored."""
        stack = [(child, function, owner) for child in reversed(list(_children(top)))]
        while stack:  # a loop, since expressions may be nested deeply
            node, function, owner = stack.pop()
            if isinstance(node, _DEFINITIONS):
                self._unseen.append(_Definition(_first_line(node), node.end_lineno or 0, node, owner))
                continue
            stored_names.note(node)
            if isinstance(node, ast.Call):
                self._sites[_range(node)] = Site(node, function, owner)
            elif isinstance(node, ast.Lambda):
                function = node
            children = [child for child in _children(node) if not isinstance(child, _BARREN)]
            stack.extend((child, function, owner) for child in reversed(children))

    def _look_at(self, line: int) -> None:
        """Enter the definitions around a line, from the outermost to the innermost."""
        while around := [each for each in self._unseen if each.first <= line <= each.last]:
            self._unseen = [each for each in self._unseen if each not in around]
            for _, _, node, owner in around:
                _ = node.body  # a function that is unread has no statements among its fields until somebody asks
                inside = (None, node) if isinstance(node, ast.ClassDef) else (node, owner)
                self._enter(node, *inside)

    def site(self, spot: Spot, callees: Sequence[str]) -> Site | None:
        """The call that was going on at ``spot``, by its range, else by its line and the names of what it calls."""
        exact = (spot.line, spot.column, spot.end_line, spot.end_column)
        if exact not in self._sites:
            self._look_at(spot.line)
        return self._sites.get(exact) or self._nearest(spot, callees)

    def _nearest(self, spot: Spot, callees: Sequence[str]) -> Site | None:
        if spot.end_line >= 0:
            ends = (spot.end_line, spot.end_column)
            found = [site for (*_, a, b), site in self._sites.items() if (a, b) == ends]
        else:
            found = [site for (line, _, end, _), site in self._sites.items() if line <= spot.line <= end]
            found = [site for site in found if site.node.lineno == spot.line] or found
        named = [site for site in found if last_word(site.node) in callees]
        return next(iter(named or found), None)


class Texts:
    """The files that recorded calls stand in, each read once, by the path that a user expects to read."""

    def __init__(self, files: Mapping[str, SourceFile] | None = None) -> None:
        self._files = files or {}
        self._found: dict[str, Text | None] = {}
        self._sites: dict[tuple[Spot, Sequence[str]], Site | None] = {}

    def site(self, spot: Spot, callees: Sequence[str]) -> Site | None:
        """The call that was going on at ``spot``; many chains pass through one."""
        key = spot, callees
        if key not in self._sites:
            text = self.of(spot.path)
            self._sites[key] = text.site(spot, callees) if text is not None else None
        return self._sites[key]

    def of(self, path: str) -> Text | None:
        """The file, ``None`` where it cannot be read."""
        if path not in self._found:
            known = self._files.get(path)
            self._found[path] = Text(known) if known is not None else _read(path)
        return self._found[path]

    @property
    def sources(self) -> Mapping[str, str]:
        """The texts by path, for excerpts and comments."""
        return {text.file.path: text.file.text for text in self._found.values() if text is not None}


class Chain(NamedTuple):
    """A chain of calls: the innermost one with what leads to it, and the texts of all of them, innermost first."""

    frame: Frame
    call: Call
    site: Site
    texts: tuple[Text, ...]

    def without_function(self) -> Chain:
        """The same call as one that runs a constructor which nobody wrote: that of a class without one."""
        module = self.frame.module
        call = Call(self.site.node, module, self.call)
        return self._replace(frame=Frame(module, {}, call), call=call)

    @property
    def place(self) -> Place:
        """Where the innermost call of the user's own code stands, that of a library where there is none."""
        text, node = self.texts[0], self.site.node
        call: Call | None = self.call
        for outer in self.texts:
            if not outer.foreign:
                return outer.file.place(node)
            if call is None or call.node is None:
                break
            node, call = call.node, call.parent  # type: ignore[assignment]
        return text.file.place(self.site.node)


def chain(spots: Sequence[Spot], texts: Texts, callee: str) -> Chain | None:
    """The calls at ``spots``, innermost first; ``None`` where the innermost is not found in any text."""
    found = list(_steps(spots, texts, (callee, "__init__")))
    if not found:
        return None
    outer: Call | None = None
    for index in range(len(found) - 1, -1, -1):
        above = found[index + 1] if index + 1 < len(found) else None
        call = Call(above[1].node if above else None, (above or found[index])[0].module, outer)
        call.callee = _callee(found[index][1].function)
        outer = call
    text, site = found[0]
    function = _running(site)
    assert outer is not None
    return Chain(Frame(text.module, {}, outer, function=function), outer, site, tuple(text for text, _ in found))


def _steps(spots: Sequence[Spot], texts: Texts, callees: Sequence[str]) -> Iterator[tuple[Text, Site]]:
    inner = False
    for spot in spots:
        repeated, inner = inner, spot.function in _INNER
        if repeated or (spot.path.startswith(STANDARD) and not is_installed(spot.path)):
            callees = (spot.function, spot.owner)
            continue  # the function around a comprehension stands where the comprehension does
        text, site = texts.of(spot.path), texts.site(spot, callees)
        if text is None or site is None:
            return
        yield text, site
        callees = (spot.function, spot.owner)


def _callee(function: Any) -> Any:
    """What the source front end asks of the function that a call runs."""
    if function is None:
        return None
    arguments = function.args
    params = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    return SimpleNamespace(node=function, name=getattr(function, "name", "<lambda>"), params=params)


def _running(site: Site) -> Any:
    code = _callee(site.function)
    return None if code is None else SimpleNamespace(code=code, owner=_owner(site))


def _owner(site: Site) -> Any:
    bases = [External("torch.nn.Module")]  # what has layers made in its methods
    return SimpleNamespace(name=site.cls.name, node=site.cls, mro=bases, open=False) if site.cls is not None else None


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """``ast.iter_child_nodes`` in a third of its time, which is most of what a small model takes."""
    for value in vars(node).values():
        if isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield item
        elif isinstance(value, ast.AST):
            yield value


def _first_line(definition: Any) -> int:
    """The line of its first decorator, or its own."""
    lines: list[int] = [definition.lineno, *(each.lineno for each in definition.decorator_list)]
    return min(lines)


def _range(node: ast.Call) -> Range:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _read(path: str) -> Text | None:
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    return Text(SourceFile(shown(path), data, "", ""))


def shown(path: str) -> str:
    """The path relative to the current folder where it is below it."""
    here = os.path.join(os.path.realpath(os.getcwd()), "")
    real = os.path.realpath(path)
    return real[len(here) :] if real.startswith(here) else path
