"""Tells, by names alone, which definitions can lead to a layer: the rest of a program need not be evaluated."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.called_names import FUNCTIONS, RUNNING, Calls, calls_of, stores_of
from gconv_lint.frontends.source.values import Deferred, External, Function, Module

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_BLOCKS = (ast.If, ast.Try, ast.With)
#: Callables that make a layer.
_LAYER = re.compile(
    r"(?:Lazy)?Conv(?:Transpose)?[123]d|conv(?:_transpose)?[123]d|GroupNorm|ChannelShuffle|channel_shuffle"
)
#: Names of parameters and variables that hold a callback, not something that makes modules.
_CALLBACK = re.compile(
    r"(?!.*(?:conv|block|layer|norm|module|make|build|create))(?:(?:\w*_)?(?:fn|func|function|hook|callback|check)|(?:is|has|can)_\w+)"
)
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
#: Methods that every module has; a call of any other attribute that no class defines may be one of a stored class.
_INHERITED = frozenset(
    [
        "add_module",
        "append",
        "apply",
        "bfloat16",
        "buffers",
        "children",
        "cpu",
        "cuda",
        "double",
        "eval",
        "extend",
        "extra_repr",
        "float",
        "get_buffer",
        "get_parameter",
        "get_submodule",
        "half",
        "insert",
        "load_state_dict",
        "modules",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_module",
        "register_parameter",
        "requires_grad_",
        "share_memory",
        "state_dict",
        "to",
        "train",
        "type",
        "zero_grad",
        "items",
        "keys",
        "values",
        "update",
        "pop",
    ]
)
#: Methods of Python's own containers and texts: of another object than ``self`` they are taken for what they say.
_CONTAINERS = frozenset(n for kind in (list, dict, set, str, bytes) for n in dir(kind))
#: A name: whether it is looked up in a class, and itself.
Name = tuple[bool, str]


class Part:
    """One definition: the names it calls, whether it makes layers by itself, and the attributes it stores."""

    __slots__ = ("calls", "leads", "module", "node", "stores")

    def __init__(self, module: Module, node: ast.stmt) -> None:
        self.module = module
        self.node = node
        self.calls: frozenset[Name] | None = None
        self.leads = False
        self.stores: frozenset[str] | None = None


class Relevance:
    """A graph over the names of a project: which ones are called in the definition of which."""

    __slots__ = ("_idle", "_known", "_leading", "_parts", "_stored", "_version", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self._parts: dict[Name, list[Part]] = {}
        self._known: dict[ast.stmt, Part] = {}
        self._leading: set[ast.stmt] = set()
        #: definition that makes no layer -> all definitions that it may run
        self._idle: dict[ast.stmt, list[Part]] = {}
        self._stored: dict[ast.stmt, list[str]] = {}
        self._version = 0

    def add(self, module: Module, body: list[ast.stmt]) -> None:
        """Take in the definitions of a module; what was found idle before may not be so now."""
        self._index(module, body, False)
        self._idle.clear()
        self._version += 1

    def _index(self, module: Module, body: Iterable[Any], in_class: bool) -> None:
        for statement in body:
            if isinstance(statement, _BLOCKS):
                handlers = [s for h in getattr(statement, "handlers", ()) for s in h.body]
                self._index(module, [*statement.body, *getattr(statement, "orelse", ()), *handlers], in_class)
                continue
            for name in _bound(statement):
                self._parts.setdefault((in_class, name), []).append(self._part(module, statement))
            if isinstance(statement, ast.ClassDef):
                self._index(module, statement.body, True)

    def _part(self, module: Module, node: ast.stmt) -> Part:
        part = self._known.get(node)
        if part is None:
            part = self._known[node] = Part(module, node)
        return part

    def idle(self, function: Function) -> bool:
        """Whether calling a function makes no layer, as far as names tell."""
        node = function.code.node
        return isinstance(node, ast.stmt) and not self.leads(node, function.module)

    def leads(self, node: ast.stmt, module: Module) -> bool:
        """Whether evaluating a definition or statement may make a layer."""
        if node in self._leading:
            return True
        version = -1
        while node not in self._idle and version != self._version:
            version = self._version  # Reading a definition may load the modules that it imports from.
            if self._search(self._part(module, node)):
                return True
        return False

    def makes(self, function: Function) -> bool:
        """Whether a function's own text calls a layer's constructor."""
        node = function.code.node
        return isinstance(node, ast.stmt) and any(_names_layer(c) for c in calls_of(node, function.module.file.lines))

    def length(self, function: Function) -> int:
        """How many lines an idle function has, with all that it may call."""
        parts = self._idle.get(function.code.node, ())  # type: ignore[call-overload]
        return sum((part.node.end_lineno or 0) - part.node.lineno + 1 for part in parts)

    def stored(self, function: Function) -> list[str]:
        """The attributes that an idle function, or one that it calls, may store; sorted."""
        node = function.code.node
        if node not in self._stored:
            names: set[str] = set()
            for part in self._idle.get(node, ()):  # type: ignore[call-overload]
                if part.stores is None:
                    part.stores = stores_of(part.node, part.module.file.lines)
                names |= part.stores
            self._stored[node] = sorted(names)  # type: ignore[index]
        return self._stored[node]  # type: ignore[index]

    def _search(self, start: Part) -> bool:
        above: dict[ast.stmt, ast.stmt | None] = {start.node: None}
        queue = [start]
        for part in queue:
            if part.calls is None:
                self._read(part)
            if part.leads or part.node in self._leading:
                self._mark(part.node, above)
                return True
            for other in self._reached(part):
                if other.node not in above:
                    above[other.node] = part.node
                    if other.node in self._leading:
                        self._mark(other.node, above)
                        return True
                    queue.append(other)
        self._idle[start.node] = queue
        return False

    def _reached(self, part: Part) -> Iterable[Part]:
        """The definitions that a definition leads to: directly, or all of them where they are known already."""
        known = self._idle.get(part.node)
        return known if known is not None else [p for name in part.calls or () for p in self._parts.get(name, ())]

    def _mark(self, node: ast.stmt | None, above: dict[ast.stmt, ast.stmt | None]) -> None:
        while node is not None:
            self._leading.add(node)
            node = above[node]

    def _read(self, part: Part) -> None:
        names: set[Name] = set()
        part.calls = frozenset()
        if isinstance(part.node, (ast.Import, ast.ImportFrom)):
            self._read_import(part, part.node)
            return
        pieces = calls_of(part.node, part.module.file.lines)
        bases = [getattr(b, "attr", getattr(b, "id", "")) for b in getattr(part.node, "bases", ())]
        part.leads = any(map(_makes_layer, pieces)) or any(_LAYER.fullmatch(b) for b in bases)
        for calls in pieces:
            for dotted in sorted(calls.names):
                before, dot, word = dotted.rpartition(".")
                part.leads = part.leads or self._call(part, before or dot, word, calls, names)
        for base in bases if not part.leads else ():
            self._import(part, base)
            names.add((False, base))
        part.calls = frozenset(names)

    def _read_import(self, part: Part, node: ast.Import | ast.ImportFrom) -> None:
        """An import gives other names to what it brings."""
        for alias in node.names:
            if alias.asname is not None and isinstance(part.module.vars.get(alias.asname), Deferred):
                self.ev.names.module_attribute(part.module, alias.asname)
        part.leads = any(_LAYER.fullmatch(alias.name) for alias in node.names)
        part.calls = frozenset((False, alias.name) for alias in node.names)

    def _call(self, part: Part, before: str, word: str, calls: Calls, names: set[Name]) -> bool:
        """Note a call; whether it may make a layer, as far as its text shows."""
        if word in RUNNING or word.startswith("__"):
            return False
        chooses = not calls.runs and _CALLBACK.fullmatch(word) is None
        if before or word in calls.params:
            if before and not self._outside(part, before, word) and (before == "self" or word not in _CONTAINERS):
                names.update(((True, word), (False, word)))
                return chooses and before == "self" and self._holds(part, word)
            return chooses and not before
        self._import(part, word)
        if (False, word) in self._parts:
            names.add((False, word))
            return False
        known = word in _KNOWN or word in part.module.vars or bool(part.module.stars)
        return chooses and not known and not calls.defines(word)

    def _holds(self, part: Part, word: str) -> bool:
        """Whether ``self.word`` may be a class or function that somebody stored there."""
        return (True, word) not in self._parts and word not in _INHERITED and f"self.{word} =" in part.module.file.text

    def _import(self, part: Part, word: str) -> None:
        """Load the module that a name is imported from."""
        if (False, word) not in self._parts and isinstance(part.module.vars.get(word), Deferred):
            self.ev.names.module_attribute(part.module, word)

    def _outside(self, part: Part, before: str, word: str) -> bool:
        """Whether ``before.word`` begins with something imported from outside the project."""
        head = before.partition(".")[0]
        if head not in part.module.vars or (False, head) in self._parts:
            return False
        value = self.ev.names.module_attribute(part.module, head)
        if isinstance(value, Module) and head == before:
            self.ev.names.module_attribute(value, word)
        return isinstance(value, External)


def _makes_layer(calls: Calls) -> bool:
    """Whether a text calls a layer's constructor, or something that may be one and has no name."""
    return _names_layer(calls) or (calls.computed and not calls.runs)


def _names_layer(calls: Calls) -> bool:
    return any(_LAYER.fullmatch(dotted.rpartition(".")[2]) for dotted in calls.names)


def _bound(statement: Any) -> Iterator[str]:
    """The names that a statement may give to something that can be called."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (t.id for t in targets if isinstance(t, ast.Name))
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (a.asname for a in statement.names if a.asname is not None and a.asname != a.name)
