"""What a name can hold while model code is evaluated: Python's own immutables, and stand-ins for everything else.

Numbers, strings, ``None``, ``bool`` and tuples stand for themselves. A ``Sym`` is a value known only as an
expression. Containers, functions, classes, instances and everything outside the project have the classes below.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gconv_lint.frontends.source.code import Code
    from gconv_lint.frontends.source.parsed_files import SourceFile

Value = Any


class Missing:
    """The absence of a value, where ``None`` is one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
#: Stands in argument lists for ``*args`` and ``**kwargs`` whose content is unknown.
UNKNOWN_STAR = object()
#: One for all: Python makes another one each time, of 216 bytes.
NO_NAMES: frozenset[str] = frozenset()


class ListValue:
    """A list; when not ``exact`` it may hold more or other items than ``items``."""

    __slots__ = ("exact", "items", "lost", "shared", "touched")

    def __init__(self, items: list[Value], exact: bool = True) -> None:
        self.items = items
        self.exact = exact
        #: what it held when that was forgotten, and still may
        self.lost: tuple[Value, ...] = ()
        self.shared = False
        self.touched = -1


class DictValue:
    """A dictionary with known keys; when not ``exact`` there may be others."""

    __slots__ = ("exact", "items", "lost", "shared", "touched")

    def __init__(self, items: dict[Value, Value], exact: bool = True) -> None:
        self.items = items
        self.exact = exact
        #: what it held when that was forgotten, and still may
        self.lost: tuple[Value, ...] = ()
        self.shared = False
        self.touched = -1


class Lazy:
    """Items that are worked out when somebody asks: of an iterator, which is then used up, or of a view.

    ``watched`` are the containers that they come from, which a loop must not see change; ``closed`` says that nothing
    which a loop's body does reaches them otherwise. ``begun`` is empty until somebody has asked an iterator.
    """

    __slots__ = ("backwards", "begun", "closed", "compute", "once", "watched")

    def __init__(
        self,
        compute: Callable[[], list[Value] | None],
        *,
        once: bool = True,
        watched: tuple[Value, ...] = (),
        closed: bool = False,
    ) -> None:
        self.compute = compute
        self.once = once
        self.watched = watched
        self.closed = closed
        self.backwards = False
        self.begun: dict[str, Value] = {}


class Module:
    """A module of the project; ``vars`` may hold ``Deferred`` values that are worked out at their first use."""

    __slots__ = ("file", "name", "own", "rebound", "stars", "top", "vars")

    def __init__(self, name: str, file: SourceFile) -> None:
        self.name = name
        self.file = file
        self.vars: dict[str, Value] = {}
        self.stars: list[str] = []
        #: the package that it is part of
        self.top = name.partition(".")[0] if "." in name else ""
        #: what the statements that have been met bind, other than by imports
        self.own: set[str] = set()
        #: the names that several statements bind, so that they hold other values at other places of the script
        self.rebound: set[str] = set()


class Deferred:
    """A module-level name whose value is worked out when somebody asks: an import, or a constant."""

    __slots__ = ("compute", "running")

    def __init__(self, compute: Callable[[], Value]) -> None:
        self.compute = compute
        self.running = False


class External:
    """Something outside the project, by its qualified name: ``torch.nn.Conv2d``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"External({self.name})"


class Function:
    """A function or lambda of the project with its closure; ``owner`` is the class whose body defines it.

    ``wraps`` is the function that a decorator put this one in the place of.
    """

    __slots__ = ("code", "defaults", "env", "kind", "kw_defaults", "module", "owner", "setter", "wraps")

    def __init__(self, code: Code, module: Module, env: tuple[dict[str, Value], ...]) -> None:
        self.code = code
        self.module = module
        self.env = env
        self.defaults: tuple[Value, ...] = ()
        self.kw_defaults: dict[str, Value] = {}
        self.owner: ClassValue | None = None
        self.kind = "function"
        self.wraps: Function | None = None
        #: what runs when somebody assigns to this property
        self.setter: Function | None = None


#: Bases from outside that define nothing of what model code calls its own.
_PLAIN_BASES = ("torch.", "builtins.", "abc.", "typing.", "enum.", "typing_extensions.")


class ClassValue:
    """A class of the project; ``mro`` ends in the ``External`` bases, unknown bases make it ``open``."""

    __slots__ = (
        "attrs", "extended", "factories", "field_owner", "fields", "generated", "hooked", "keyword_fields", "meta",
        "module", "mro", "name", "node", "open",
    )  # fmt: skip

    def __init__(self, name: str, node: ast.ClassDef, module: Module) -> None:
        self.name = name
        self.node = node
        self.module = module
        self.attrs: dict[str, Value] = {}
        self.mro: list[ClassValue | External] = [self]
        self.open = False
        self.fields: list[str] | None = None
        #: fields that are not given by position -> whether the constructor takes them
        self.keyword_fields: dict[str, bool] = {}
        #: fields -> what makes their values where nobody gives them
        self.factories: dict[str, Value] = {}
        #: whether some other class derives from it
        self.extended = False
        #: the dataclass whose constructor takes the fields
        self.field_owner: ClassValue | None = None
        #: whether a decorator from outside may have made the constructor
        self.generated = False
        #: whether code of the class decides what is stored in its instances or read from them
        self.hooked = False
        #: whether a metaclass may have made the class, or makes its instances
        self.meta = False

    def lookup(self, name: str) -> Value:
        """The attribute as the class or its project bases define it, or ``MISSING``.

        What stands behind a base that nobody can see may be hidden by it.
        """
        for cls in self.mro:
            if type(cls) is ClassValue:
                if name in cls.attrs:
                    return cls.attrs[name]
            elif not cls.name.startswith(_PLAIN_BASES):
                return MISSING
        return MISSING

    @property
    def is_plain(self) -> bool:
        """Whether instances are no numbers, texts or tuples: all bases are known and of no other kind."""
        return (
            not self.open
            and self.fields is None
            and all(c.name.startswith("torch.nn.") for c in self.mro if isinstance(c, External))
        )

    @property
    def is_foreign(self) -> bool:
        """Whether some base is neither of the project nor of torch."""
        return any(isinstance(c, External) and not c.name.startswith(_PLAIN_BASES) for c in self.mro)

    def external_base(self) -> External | None:
        """The first base outside the project, as far as it has a name."""
        for cls in self.mro:
            if type(cls) is External and cls.name != "?":
                return cls
        return None


class Instance:
    """An object of a project class or of an external one; ``layer`` is what its constructor recorded.

    ``shared`` objects stand for several equal ones; ``touched`` is the heap's clock at the last write; ``given`` holds
    the names of the children that a container was made with.
    """

    __slots__ = ("attrs", "cls", "given", "layer", "shared", "touched")

    def __init__(self, cls: ClassValue | External) -> None:
        self.cls = cls
        self.attrs: dict[str, Value] = {}
        self.given = NO_NAMES
        self.layer: Value = None
        self.shared = False
        self.touched = -1


class Bound:
    """A method with its object: a project function, or a built-in method by name."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Value, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver


class Super:
    """``super()``: attribute look-up that starts behind ``cls`` in the order of the receiver's class."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: ClassValue, receiver: Value) -> None:
        self.cls = cls
        self.receiver = receiver


class Partial:
    """``functools.partial``; ``keywords`` is the table of its keywords once somebody has asked for that."""

    __slots__ = ("args", "function", "keywords", "kwargs")

    def __init__(self, function: Value, args: tuple[Value, ...], kwargs: dict[str, Value]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs
        self.keywords: DictValue | None = None


class Builtin:
    """A function that the evaluator knows; it gets positional and keyword values and the call."""

    __slots__ = ("name", "run")

    def __init__(self, name: str, run: Callable[..., Value]) -> None:
        self.name = name
        self.run = run


class Raised(Exception):
    """The evaluated program raises: ``kind`` is the name of its exception."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class OutOfFuel(Exception):
    """The evaluation of one root needs more work or memory than it may have."""


CONSTANTS = (int, float, str, bool, bytes, complex, type(None), type(Ellipsis))
