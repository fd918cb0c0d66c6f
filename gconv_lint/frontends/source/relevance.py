"""Tells, by names alone, which definitions can lead to a layer: the rest of a program need not be evaluated."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.called_names import FUNCTIONS, RUNNING, Calls, calls_of, stores_of
from gconv_lint.frontends.source.values import ClassValue, Deferred, External, Function, Module

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_BLOCKS = (ast.If, ast.Try, ast.With)
#: Callables that make a layer.
_LAYER = re.compile(r"(?:Lazy)?Conv(?:Transpose)?[123]d|conv(?:_transpose)?[123]d|GroupNorm|ChannelShuffle|channel_shuffle")
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
#: Methods that every module has; a call of any other attribute that no class defines may be one of a stored class.
_INHERITED = frozenset(
    "add_module append apply bfloat16 buffers children cpu cuda double eval extend extra_repr float get_buffer get_parameter "
    "get_submodule half insert load_state_dict modules named_buffers named_children named_modules named_parameters parameters "
    "register_buffer register_forward_hook register_forward_pre_hook register_load_state_dict_post_hook register_module "
    "register_parameter requires_grad_ share_memory state_dict to train type zero_grad items keys values update pop".split()
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
            for other in [p for name in part.calls or () for p in self._parts.get(name, ())]:
                if other.node not in above:
                    above[other.node] = part.node
                    queue.append(other)
        self._idle[start.node] = queue
        return False

    def _mark(self, node: ast.stmt | None, above: dict[ast.stmt, ast.stmt | None]) -> None:
        while node is not None:
            self._leading.add(node)
            node = above[node]

    def _read(self, part: Part) -> None:
        names: set[Name] = set()
        part.calls = frozenset()
        for calls in calls_of(part.node, part.module.file.lines):
            part.leads = part.leads or (calls.computed and not calls.runs)
            for dotted, passes in calls.names:
                before, dot, word = dotted.rpartition(".")
                part.leads = part.leads or self._call(part, before or dot, word, calls, passes, names)
        for base in part.node.bases if isinstance(part.node, ast.ClassDef) else ():
            word = getattr(base, "attr", getattr(base, "id", ""))
            part.leads = part.leads or _LAYER.fullmatch(word) is not None
            self._import(part, word)
            names.add((False, word))
        part.calls = frozenset(names)

    def _call(self, part: Part, before: str, word: str, calls: Calls, passes: bool, names: set[Name]) -> bool:
        """Note a call; whether it may make a layer, as far as its text shows."""
        if _LAYER.fullmatch(word):
            return True
        if word in RUNNING or word.startswith("__"):
            return False
        chooses = passes and not calls.runs
        if before or word in calls.params:
            if before and not self._outside(part, before) and (before == "self" or word not in _CONTAINERS):
                names.update(((True, word), (False, word)))
                return chooses and before == "self" and self._holds(part, word)
            return chooses and not before
        self._import(part, word)
        if (False, word) in self._parts:
            names.add((False, word))
            return False
        known = word in _KNOWN or word in calls.local or word in part.module.vars or bool(part.module.stars)
        return chooses and not known

    def _holds(self, part: Part, word: str) -> bool:
        """Whether ``self.word`` may be a class or function that somebody stored there."""
        return (True, word) not in self._parts and word not in _INHERITED and f"self.{word} =" in part.module.file.text

    def _import(self, part: Part, word: str) -> None:
        """Load the module that a name is imported from."""
        if (False, word) not in self._parts and isinstance(part.module.vars.get(word), Deferred):
            self.ev.names.module_attribute(part.module, word)

    def _outside(self, part: Part, before: str) -> bool:
        """Whether ``before`` begins with something imported from outside the project."""
        head = before.partition(".")[0]
        if head not in part.module.vars or (False, head) in self._parts:
            return False
        return isinstance(self.ev.names.module_attribute(part.module, head), External)


def _bound(statement: Any) -> Iterator[str]:
    """The names that a statement may give to something that can be called."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (t.id for t in targets if isinstance(t, ast.Name))
