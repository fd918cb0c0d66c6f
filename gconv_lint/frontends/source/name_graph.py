"""A graph over the names of a project: which definitions are called in which, read from their text."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.called_names import FUNCTIONS, RUNNING, Calls, calls_of
from gconv_lint.frontends.source.values import Deferred, External, Module

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

_BLOCKS = (ast.If, ast.Try, ast.With)
#: Callables that make a layer.
_LAYER = re.compile(
    r"(?:Lazy)?Conv(?:Transpose)?[123]d|conv(?:_transpose)?[123]d|GroupNorm|ChannelShuffle|channel_shuffle"
)
#: One of these is in the name of each.
PARTS_OF_LAYERS = ("onv", "GroupNorm", "huffle")
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


_NOWHERE: dict[str, list[Part]] = {}


class Part:
    """One definition: the names it calls, whether it makes layers by itself, and the attributes it stores."""

    __slots__ = ("calls", "leads", "module", "node", "stores")

    def __init__(self, module: Module, node: ast.stmt) -> None:
        self.module = module
        self.node = node
        self.calls: tuple[Name, ...] | None = None
        self.leads = False
        self.stores: frozenset[str] | None = None


class NameGraph:
    """The definitions of the modules that were loaded so far, by name; each is read when somebody asks."""

    __slots__ = ("_imported", "_known", "_names", "_parts", "ev")

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        #: definitions by name, and by the package that has them
        self._parts: dict[Name, dict[str, list[Part]]] = {}
        #: every name once, whoever calls it
        self._names: dict[Name, Name] = {}
        self._known: dict[ast.stmt, Part] = {}
        self._imported: dict[tuple[Module, str], bool] = {}

    def add(self, module: Module, body: list[ast.stmt]) -> set[Name]:
        """Take in the definitions of a module; their names."""
        found = set()
        for in_class, name, statement in _definitions(body):
            key = in_class, name
            found.add(key)
            packages = self._parts.setdefault(key, {})
            packages.setdefault(module.top, []).append(self.part(module, statement))
        return found

    def part(self, module: Module, node: ast.stmt) -> Part:
        """What is known of one definition or statement."""
        part = self._known.get(node)
        if part is None:
            part = self._known[node] = Part(module, node)
        return part

    def read(self, part: Part) -> Part:
        """A definition whose text has been read, which may load the modules that it imports from."""
        if part.calls is None:
            self._read(part)
        return part

    def callees(self, part: Part) -> Iterator[Part]:
        """The definitions that a definition may call."""
        module = part.module
        for name in self.read(part).calls or ():
            for top, found in self._parts.get(name, _NOWHERE).items():
                if top == module.top or not top or not module.top or self._imports(module, top):
                    yield from found
                else:  # Equal names in packages of which neither imports the other are chance.
                    yield from [p for p in found if self._imports(p.module, module.top)]

    def _imports(self, module: Module, top: str) -> bool:
        key = module, top
        if key not in self._imported:
            self._imported[key] = any(f"{word} {top}" in module.file.text for word in ("import", "from"))
        return self._imported[key]

    def _read(self, part: Part) -> None:
        names: set[Name] = set()
        part.calls = ()
        if isinstance(part.node, (ast.Import, ast.ImportFrom)):
            self._read_import(part, part.node)
            return
        pieces = calls_of(part.node, part.module.file)
        bases = [getattr(b, "attr", getattr(b, "id", "")) for b in getattr(part.node, "bases", ())]
        part.leads = any(map(_makes_layer, pieces)) or any(_LAYER.fullmatch(b) for b in bases)
        for calls in pieces:
            for dotted in sorted(calls.names):
                before, dot, word = dotted.rpartition(".")
                part.leads = part.leads or self._call(part, before or dot, word, calls, names)
            for dotted in sorted(calls.mentioned) if not part.leads else ():
                self._mention(part, dotted, names)
        for base in bases if not part.leads else ():
            self._import(part, base)
            names.add((False, base))
        part.calls = tuple([self._names.setdefault(name, name) for name in sorted(names)])

    def _read_import(self, part: Part, node: ast.Import | ast.ImportFrom) -> None:
        """An import gives other names to what it brings."""
        for alias in node.names:
            if alias.asname is not None and isinstance(part.module.vars.get(alias.asname), Deferred):
                self.ev.names.module_attribute(part.module, alias.asname)
        part.leads = any(_LAYER.fullmatch(alias.name) for alias in node.names)
        part.calls = tuple((False, alias.name) for alias in node.names)

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

    def _mention(self, part: Part, dotted: str, names: set[Name]) -> None:
        """Note something that a statement puts under another name."""
        before, _, word = dotted.rpartition(".")
        if (False, word) not in self._parts and word not in part.module.vars and not before:
            return
        if before and self._outside(part, before, word):
            return
        self._import(part, word)
        if (False, word) in self._parts:
            names.add((False, word))

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
        own = self._parts.get((False, head), _NOWHERE).get(part.module.top, ())
        if head not in part.module.vars or any(p.module is part.module for p in own):
            return False
        value = self.ev.names.module_attribute(part.module, head)
        if isinstance(value, Module) and head == before and (False, word) not in self._parts:
            self.ev.names.module_attribute(value, word)
        return isinstance(value, External)


def _makes_layer(calls: Calls) -> bool:
    """Whether a text calls a layer's constructor, or something that may be one and has no name."""
    return names_layer(calls) or (calls.computed and not calls.runs)


def names_layer(calls: Calls) -> bool:
    """Whether a text names a layer's constructor or function."""
    return any(
        _LAYER.fullmatch(dotted.rpartition(".")[2])
        for names in (calls.names, calls.mentioned)
        for dotted in names
        if any(part in dotted for part in PARTS_OF_LAYERS)
    )


def _definitions(body: Iterable[Any], in_class: bool = False) -> Iterator[tuple[bool, str, ast.stmt]]:
    """What statements define: whether in a class, under which name, and where."""
    for statement in body:
        if isinstance(statement, _BLOCKS):
            handlers = [s for h in getattr(statement, "handlers", ()) for s in h.body]
            yield from _definitions([*statement.body, *getattr(statement, "orelse", ()), *handlers], in_class)
            continue
        for name in _bound(statement):
            yield in_class, name, statement
        if isinstance(statement, ast.ClassDef):
            yield from _definitions(statement.body, True)


def _bound(statement: Any) -> Iterator[str]:
    """The names that a statement may give to something that can be called."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (t.id for t in targets if isinstance(t, ast.Name))
    elif isinstance(statement, ast.ImportFrom):
        yield from (a.asname for a in statement.names if a.asname not in (None, a.name) and "." not in a.name)
