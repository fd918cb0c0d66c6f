"""What holds a value for whoever asks: dictionaries, tables that loops run over, classes, objects and other files."""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from gconv_lint.fixes.documents import Document, Documents
from gconv_lint.fixes.layers import class_named
from gconv_lint.fixes.spots import Spot, assignments, parameters, taker
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.syntax import integer

if TYPE_CHECKING:
    from gconv_lint.fixes.origins import Origins

#: Methods that give what a dictionary holds under a key, or a default.
_GETTERS = ("get", "pop", "setdefault")
_LOOPS = (ast.For, ast.AsyncFor, ast.comprehension)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def is_access(node: ast.expr) -> bool:
    """Whether an expression takes its value out of something, or chooses one of two."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Constant)
    return isinstance(node, ast.IfExp) or _asked(node) is not None


def word(node: ast.expr) -> str:
    """The name or the key under which a value is asked for, if any; an item of a list goes by the list's name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        key = getattr(node.slice, "value", None)
        return key if isinstance(key, str) else word(node.value)
    asked = _asked(node)
    return asked[1] if asked is not None else getattr(node, "id", "")


def _asked(node: ast.AST) -> tuple[ast.expr, str] | None:
    """The dictionary and the key of ``options.get("groups", 1)``."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _GETTERS:
        return None
    key = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    return (node.func.value, key) if isinstance(key, str) else None


class Holders:
    """Looks into what an expression takes its value from; gives up where more than one value could be meant."""

    def __init__(self, origins: Origins, documents: Documents) -> None:
        self._origins = origins
        self._documents = documents

    def step(self, spot: Spot, known: Collection[object]) -> Spot | None:
        """Where something holds the value of a spot, which is one of those that are ``known``."""
        node, asked = spot.node, _asked(spot.node)
        if isinstance(node, ast.Name):
            return self._looped(spot, node, known) or self._in_file(*self._imported(spot.document, node.id))
        if isinstance(node, ast.Attribute):
            return self._attribute(spot, node, known)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            return self.item(spot, node.value, node.slice.value)
        if isinstance(node, ast.IfExp):
            return _only([spot._replace(node=each) for each in (node.body, node.orelse)], known)
        if asked is not None and isinstance(node, ast.Call):
            fallback = [spot._replace(node=each) for each in node.args[1:2]]
            return self.item(spot, *asked) or _only(fallback, known)
        return None

    def item(self, spot: Spot, base: ast.expr, key: object) -> Spot | None:
        """What a dictionary or a list that is written out holds under a key, or a caller in ``**kwargs``."""
        function = taker(spot.document, base) if isinstance(base, ast.Name) else None
        if (
            function is not None
            and function.args.kwarg is not None
            and function.args.kwarg.arg == getattr(base, "id", "")
        ):
            above = self._origins.caller(spot)
            return self._origins.argument(above, parameters(function), str(key)) if above is not None else None
        holder = self._origins.of(spot._replace(node=base), known=())
        found = [] if holder is None else [value for name, value in _items(holder.node) if name == key]
        return holder._replace(node=found[-1]) if holder is not None and found else None

    def _looped(self, spot: Spot, name: ast.Name, known: Collection[object]) -> Spot | None:
        """The one entry of a table that a loop runs over which holds the value."""
        for each in spot.document.around(name):
            loops = each.generators if isinstance(each, _COMPREHENSIONS) else [each] if isinstance(each, _LOOPS) else []
            for loop in loops:
                path = _path(loop.target, name.id)
                if path is not None:
                    return self._entry(spot, loop.iter, path, known)
        return None

    def _entry(self, spot: Spot, rows: ast.expr, path: Sequence[int], known: Collection[object]) -> Spot | None:
        if isinstance(rows, ast.Call) and dotted(rows.func) == "enumerate" and path[:1] == [1] and rows.args:
            rows, path = rows.args[0], path[1:]
        table = self._origins.of(spot._replace(node=rows), known=())
        entries = [] if table is None or not known else [_at(row, path) for _, row in _items(table.node)]
        return _only([table._replace(node=each) for each in entries if each is not None and table is not None], known)

    def _attribute(self, spot: Spot, node: ast.Attribute, known: Collection[object]) -> Spot | None:
        """An attribute of a class, of an object of one, or of another file."""
        base = node.value
        if isinstance(base, ast.Name) and base.id in ("self", "cls"):
            owner = spot.document.class_of(node)
            return None if owner is None else self._constant(spot.document, owner, node.attr, known)
        found = self._class(spot.document, base)
        if found is not None:
            return self._constant(*found, node.attr, known)
        file, inside = self._imported(spot.document, dotted(base)) if dotted(base) else (None, "")
        if file is not None and not inside:
            return self._in_file(file, node.attr)
        made = self._origins.of(spot._replace(node=base), known=())
        found = self._class(made.document, made.node.func) if made and isinstance(made.node, ast.Call) else None
        return self._of_object(made, *found, node.attr, known) if made is not None and found is not None else None

    def _of_object(
        self, made: Spot, document: Document, owner: ast.ClassDef, name: str, known: Collection[object]
    ) -> Spot | None:
        """What an object has: ``__init__`` stores it, or the call passes a field of a data class, or its default."""
        stored = [(target, value) for target, value in assignments(owner) if dotted(target) == f"self.{name}"]
        if stored:
            function = document.function_of(stored[0][0])
            if len(stored) > 1 or function is None or function.name != "__init__":
                return None
            place = made.document.place(*made.document.span(made.node))
            return Spot(document, stored[0][1], (place, *made.callers))
        fields = [
            each.target.id
            for each in owner.body
            if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
        ]
        return self._origins.argument(made, fields, name) or self._constant(document, owner, name, known)

    def _constant(self, document: Document, owner: ast.ClassDef, name: str, known: Collection[object]) -> Spot | None:
        """What the body of a class assigns, of one that it derives from, or of one that derives from it."""
        if any(dotted(target) == f"self.{name}" for target, _ in assignments(owner)):
            return None
        classes = [each for each in ast.walk(document.tree) if isinstance(each, ast.ClassDef)]
        heirs = [each for each in classes if each is not owner and owner in _lineage(document, each)]
        above = next((value for each in _lineage(document, owner) for value in _assigned(each, name)), None)
        values = [above, *(value for each in heirs for value in _assigned(each, name))]
        return _only([Spot(document, value) for value in values if value is not None], known)

    def _class(self, document: Document, node: ast.expr) -> tuple[Document, ast.ClassDef] | None:
        """The class that an expression names, in its own file or another one."""
        file: Document | None = document
        name = dotted(node)
        if class_named(document, name) is None:
            file, name = self._imported(document, name)
        owner = class_named(file, name) if file is not None else None
        return None if file is None or owner is None else (file, owner)

    def _in_file(self, document: Document | None, name: str) -> Spot | None:
        """What a file assigns to a name, once."""
        written = [value for target, value in assignments(document.tree) if dotted(target) == name] if document else []
        return Spot(document, written[0]) if document is not None and len(written) == 1 else None

    def _imported(self, document: Document, name: str) -> tuple[Document | None, str]:
        """The file that a name is imported from, and its name there: empty for the file itself."""
        for node in ast.walk(document.tree):
            if not isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            for alias in node.names:
                here = alias.asname or alias.name
                if name == here and isinstance(node, ast.Import):
                    return self._file(document, 0, alias.name), ""
                if name == here and isinstance(node, ast.ImportFrom):
                    module = node.module or ""
                    inside = self._file(document, node.level, f"{module}.{alias.name}".strip("."))
                    return (inside, "") if inside else (self._file(document, node.level, module), alias.name)
                if name.rpartition(".")[0] == here:
                    file, inner = self._imported(document, here)
                    return (None, "") if inner else (file, name.rpartition(".")[2])
        return None, ""

    def _file(self, document: Document, level: int, module: str) -> Document | None:
        """The file of a module, in the nearest folder above the one that imports it."""
        folder = os.path.dirname(document.path)
        folders = [os.path.normpath(os.path.join(folder, *[".."] * (level - 1)))] if level else _above(folder)
        parts = module.split(".") if module else ["__init__"]
        for each in folders:
            for path in (os.path.join(each, *parts) + ".py", os.path.join(each, *parts, "__init__.py")):
                found = self._documents.get(os.path.normpath(path))
                if found is not None:
                    return found
        return None


def _above(folder: str) -> Iterator[str]:
    """A folder and those around it, as far as its path names them."""
    yield folder
    while folder and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        yield folder


def _only(spots: Sequence[Spot], known: Collection[object]) -> Spot | None:
    """The one of the spots whose number is ``known``; where nothing is, the only one."""
    fits = [each for each in spots if not known or integer(each.node) in known]
    return fits[0] if len(fits) == 1 else None


def _items(node: ast.expr) -> Iterator[tuple[object, ast.expr]]:
    """Keys and values of a dictionary, and numbers and elements of a list; nothing where a star hides some."""
    if isinstance(node, ast.Dict) and None not in node.keys:
        yield from ((getattr(key, "value", None), value) for key, value in zip(node.keys, node.values, strict=True))
    elif isinstance(node, ast.Call) and dotted(node.func) == "dict" and not node.args:
        yield from (
            (keyword.arg, keyword.value) for keyword in node.keywords if None not in [k.arg for k in node.keywords]
        )
    elif isinstance(node, (ast.List, ast.Tuple)) and not any(isinstance(each, ast.Starred) for each in node.elts):
        yield from enumerate(node.elts)


def _path(target: ast.expr, name: str) -> list[int] | None:
    """Where a target of a loop has a name: ``[1]`` for the second of two."""
    if isinstance(target, ast.Name):
        return [] if target.id == name else None
    for number, each in _items(target):
        below = _path(each, name)
        if below is not None and isinstance(number, int):
            return [number, *below]
    return None


def _at(row: ast.expr, path: Sequence[int]) -> ast.expr | None:
    for number in path:
        found = dict(_items(row)).get(number) if isinstance(row, (ast.List, ast.Tuple)) else None
        if found is None:
            return None
        row = found
    return row


def _lineage(document: Document, owner: ast.ClassDef) -> list[ast.ClassDef]:
    """A class and those of its file that it derives from, nearest first."""
    found = [owner]
    for each in found:
        bases = (class_named(document, dotted(base)) for base in each.bases)
        found += [base for base in bases if base is not None and base not in found]
    return found


def _assigned(owner: ast.ClassDef, name: str) -> list[ast.expr]:
    """What the body of a class assigns to a name."""
    body = [each for each in owner.body if isinstance(each, (ast.Assign, ast.AnnAssign)) and each.value is not None]
    return [
        value
        for each in body
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        if dotted(target) == name and (value := each.value) is not None
    ]
