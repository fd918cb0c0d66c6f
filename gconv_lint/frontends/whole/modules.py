"""Imports: files of the project and of the search path are read as text, everything else stays outside."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from gconv_lint.frontends.fx.calls import shown
from gconv_lint.frontends.source.lookups import Key, Lookups
from gconv_lint.frontends.source.parsed_files import SourceFile
from gconv_lint.frontends.source.reading import MAX_BYTES
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.values import MISSING, External, Namespace, Unknown, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter

#: Packages that have tables of their own here.
_OWN = (
    *("torch", "numpy", "typing", "math", "functools", "collections", "itertools", "os", "sys", "copy", "enum", "abc"),
    *("re", "operator", "dataclasses", "inspect", "types", "contextlib", "warnings", "random", "time", "builtins"),
)

#: Bytes of files, behind which functions of others are only parsed when they are called.
_MANY = 500_000
#: Functions that were parsed later, above which they are forgotten between two models.
_MANY_READ = 1_000


class Modules:
    """The modules that are loaded, by qualified name; ``roots`` are the folders that imports are looked for in."""

    def __init__(self, interp: Interpreter, search: Iterable[str]) -> None:
        self.interp = interp
        self.roots = list(dict.fromkeys(search))
        self.loaded: dict[str, Value] = {}
        #: those of them that no other one imported, in the order in which they were loaded
        self.first: list[str] = []
        #: the files that were read, by path, and those that somebody read before
        self.files: dict[str, SourceFile] = {}
        self.read_before: Mapping[str, SourceFile] = {}
        self._size = 0
        #: whether anybody wants to know what the modules rest on
        self.recording = False
        self._imports: dict[str, set[str]] = {}
        self._lookups: dict[str, Lookups] = {}

    def of_file(self, path: str) -> Namespace | str:
        """The module of a file under the name that its package gives it, or a sentence that says why there is none."""
        folder, stem = os.path.split(os.path.abspath(path))
        name = stem.removesuffix(".py")
        while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.basename(folder).isidentifier():
            folder, tail = os.path.split(folder)
            name = f"{tail}.{name}"
        if folder not in self.roots:
            self.roots.insert(0, folder)
        self._load_parent(name)
        known = self.loaded.get(name)
        if isinstance(known, Namespace) and known.path == os.path.abspath(path):
            return known
        return self._read(name, os.path.abspath(path), name.rpartition(".")[0])

    def load(self, name: str) -> Value:
        """The module of a qualified name: a namespace where its file is found, else something outside."""
        self._noted(name)
        known = self.loaded.get(name)
        if known is not None:
            return known
        if name.partition(".")[0] in _OWN:
            return External(name)
        path = self._path(name)
        if path is None:
            self.interp.deferred.imported(name)
            return External(name)
        self._load_parent(name)
        if name in self.loaded:
            return self.loaded[name]
        package = name if os.path.basename(path) == "__init__.py" else name.rpartition(".")[0]
        made = self._read(name, path, package)
        if isinstance(made, str):
            self.interp.gap(f"`{name}` cannot be read: {made}")
            return External(name)
        return made

    def seen(self, name: str) -> Value:
        """``sys.modules[name]``."""
        self._noted(name)
        return self.loaded.get(name) or External(name)

    def are_those_of(self, names: list[str]) -> bool:
        """Whether a run that loads some modules one after the other would have loaded just what is loaded."""
        has = all(isinstance(self.loaded.get(name), Namespace) for name in names)
        return has and self.first == [name for name in names if name in self.first]

    def release(self) -> None:
        """Forget how functions are run, if there are many of them: what is called again is compiled again."""
        if sum(len(file.read) for file in self.files.values()) > _MANY_READ:
            for file in self.files.values():
                file.release()

    def _load_parent(self, name: str) -> None:
        """Python runs a package before the modules in it."""
        parent = name.rpartition(".")[0]
        if parent and parent not in self.loaded:
            self.load(parent)

    def is_outside(self, name: str) -> bool:
        """Whether nothing of the program runs when the module is imported."""
        return name.partition(".")[0] in _OWN or self._path(name) is None

    def _noted(self, name: str) -> Lookups:
        """What was looked for of a module, which is imported by the one that runs."""
        known = self._lookups.get(name)
        if known is None:
            known = self._lookups[name] = Lookups()
            known.recording = self.recording
        frame = self.interp.frame
        if frame is not None:
            self._imports.setdefault(frame.namespace.qualified, set()).add(name)
        return known

    def rests_on(self, name: str) -> dict[Key, str]:
        """Everything on disk that a module and those that it imports were made of, where that is recorded."""
        return {key: seen for each in self.reached(name) for key, seen in self._lookups.get(each, {}).items()}

    def reached(self, *names: str) -> list[str]:
        """Modules and those that they import, and these import, by name."""
        found = dict.fromkeys(names)
        waiting = list(names)
        while waiting:
            new = [each for each in sorted(self._imports.get(waiting.pop(), ())) if each not in found]
            found.update(dict.fromkeys(new))
            waiting += new
        return list(found)

    def _path(self, name: str) -> str | None:
        parts, lookups = name.split("."), self._noted(name)
        if not all(part.isidentifier() for part in parts):  # `getattr(package, "../../file")` names no module
            return None
        for root in self.roots:
            base = os.path.join(root, *parts)
            for path in (os.path.join(base, "__init__.py"), f"{base}.py"):
                if lookups.is_file(path):
                    return path
        return None

    def _read(self, name: str, path: str, package: str) -> Namespace | str:
        file = self._file(name, path, package)
        if isinstance(file, str):
            return file
        self.files[path] = file
        tree = file.tree()
        if tree is None:
            return file.problem.message if file.problem is not None else "it cannot be parsed"
        made = Namespace(name, package, path)
        self.loaded[name] = made
        self._run(made, tree)
        file.forget_tree()  # functions and classes keep theirs
        return made

    def _file(self, name: str, path: str, package: str) -> SourceFile | str:
        known = self.read_before.get(path)
        if known is not None and known.name == name:
            return known
        try:
            with open(path, "rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            return str(error)
        self._noted(name).read(path, data)
        file = SourceFile(shown(path), data, name, package)
        file.lean = self._size > _MANY
        self._size += len(data)
        return file

    def _run(self, made: Namespace, tree: ast.Module) -> None:
        outer = self.interp.frame
        if not self.interp.deferred.depth:
            self.first.append(made.qualified)
        frame = Frame(made, made.names, (), outer, "<module>")
        self.interp.enter(frame)
        try:
            with self.interp.deferred.loading():
                for statement in tree.body:
                    self.interp.statements.compile(statement)(frame)
        finally:
            self.interp.leave(outer)

    def submodule(self, owner: Namespace, name: str) -> Value:
        """A module of a package, if it is loaded or can be."""
        inner = f"{owner.qualified}.{name}"
        if inner in self.loaded or (owner.package == owner.qualified and self._path(inner) is not None):
            return self.load(inner)
        return MISSING

    def import_from(self, node: ast.ImportFrom, f: Frame) -> None:
        """``from module import names``. Raises ``Raised`` for a name that is not there."""
        base = self.base(node, f.namespace.package)
        module = self.load(base)
        for alias in node.names:
            if alias.name == "*":
                self._everything(module, base, f)
                continue
            f.vars[alias.asname or alias.name] = self._member(module, base, alias.name)

    def base(self, node: ast.ImportFrom, package: str) -> str:
        """The qualified name of the module that a statement in a package imports from."""
        if not node.level:
            return node.module or ""
        parts = package.split(".") if package else []
        parts = parts[: len(parts) - node.level + 1]
        return ".".join([*parts, *([node.module] if node.module else [])])

    def _member(self, module: Value, base: str, name: str) -> Value:
        if isinstance(module, Namespace):
            value = module.names.get(name, MISSING)
            if value is MISSING:
                value = self.submodule(module, name)
            if value is MISSING and "__getattr__" in module.names:
                value = self.interp.call(module.names["__getattr__"], [name], {}, self.interp.frame)
            if value is MISSING:
                raise self.interp.error("ImportError", f"cannot import name '{name}' from '{base}'")
            return value
        return self.interp.attributes.get(module, name)

    def _everything(self, module: Value, base: str, f: Frame) -> None:
        if not isinstance(module, Namespace):
            self.interp.gap(f"`from {base} import *` of something that cannot be read")
            return
        listed = module.names.get("__all__")
        if isinstance(listed, Unknown):
            listed = None
        names = listed if listed is not None else [n for n in module.names if not n.startswith("_")]
        f.vars.update({n: self._member(module, base, n) for n in names if isinstance(n, str)})
