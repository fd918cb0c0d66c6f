"""The values of the interpreter that Python has no type for: functions, classes and objects of the code under test."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.frames import Frame
    from gconv_lint.frontends.whole.functions import Code

#: Anything that the code under test can hold: Python's own plain values, and those of this module.
Value = Any


#: Types of Python's that classes are derived from.
PLAIN = (tuple, list, dict, set, frozenset, str, int, float)


class _Missing:
    """Marks a name or an attribute that is not there."""


MISSING = _Missing()


#: Why something is not known, the file, the line.
GapAt = tuple[str, str, int]


class Unknown:
    """A value that is not known; why stands among the gaps, or is ``owed`` to them once somebody uses it.

    ``origin`` is the name of what made it, if that lies outside of the program: then it is no value of the program's.
    """

    __slots__ = ("origin", "owed", "reason")

    def __init__(self, reason: str, owed: GapAt | None = None, origin: str = "") -> None:
        self.reason = reason
        self.owed = owed
        self.origin = origin


class External:
    """Something outside of what can be read, by its qualified name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, External) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


class Listing:
    """``dir`` of something outside."""

    __slots__ = ("owner",)

    def __init__(self, owner: External) -> None:
        self.owner = owner


class Namespace:
    """A module of the code under test: its names, and the file that it is."""

    __slots__ = ("names", "package", "path", "qualified")

    def __init__(self, qualified: str, package: str, path: str) -> None:
        self.qualified = qualified
        self.package = package
        self.path = path
        self.names: dict[str, Value] = {}


class Function:
    """A ``def`` or a ``lambda`` with what it closes over."""

    __slots__ = ("attrs", "code", "defaults", "env", "keyword_defaults", "namespace", "owner")

    def __init__(self, code: Code, namespace: Namespace, env: tuple[dict[str, Value], ...]) -> None:
        self.code = code
        self.namespace = namespace
        self.env = env
        self.defaults: list[Value] = []
        self.keyword_defaults: dict[str, Value] = {}
        #: the class whose body has it
        self.owner: Class | None = None
        self.attrs: dict[str, Value] = {}


class Native:
    """A function of this package that stands for one of Python's or of torch's; it gets the interpreter first."""

    __slots__ = ("function", "name", "run")

    def __init__(self, name: str, run: Callable[..., Value], function: Function | None = None) -> None:
        self.name = name
        self.run = run
        #: the function of the program that it remembers the answers of
        self.function = function


class Class:
    """A class: its names, and its bases in the order in which names are looked up."""

    __slots__ = ("attrs", "bases", "foreign", "is_abstract", "metaclass", "mro", "name", "namespace", "node", "tables")

    def __init__(self, name: str, bases: tuple[Value, ...], attrs: dict[str, Value]) -> None:
        self.name = name
        self.bases = bases
        self.attrs = attrs
        self.mro: tuple[Value, ...] = linearised(self)
        #: the names of the classes that can be read, in that order
        self.tables = tuple(cls.attrs for cls in self.mro if type(cls) is Class)
        #: a base that cannot be read
        self.foreign = next((cls for cls in self.mro if isinstance(cls, External)), None)
        self.namespace: Namespace | None = None
        self.node: ast.ClassDef | None = None
        self.metaclass: Value = None
        #: whether one of its bases is ``abc.ABC``
        self.is_abstract: bool = any(isinstance(base, Class) and base.is_abstract for base in bases)

    def lookup(self, name: str) -> Value:
        """The value of a name in the class or the nearest base, or ``MISSING``."""
        for table in self.tables:
            if name in table:
                return table[name]
        return MISSING

    def behind(self, cls: Value, name: str) -> Value:
        """What ``super()`` of ``cls`` finds."""
        mro = self.mro
        for other in mro[mro.index(cls) + 1 :] if cls in mro else mro:
            if type(other) is Class and name in other.attrs:
                return other.attrs[name]
        return MISSING

    def derives(self, other: Value) -> bool:
        """Whether it is ``other`` or one that is derived from it."""
        return other in self.mro


def linearised(cls: Class) -> tuple[Value, ...]:
    """The method resolution order; depth first where the bases contradict each other."""
    rows = [list(base.mro) if isinstance(base, Class) else [base] for base in cls.bases]
    rows.append(list(cls.bases))
    order: list[Value] = [cls]
    while rows := [row for row in rows if row]:
        heads = (row[0] for row in rows)
        head = next((h for h in heads if not any(h in row[1:] for row in rows)), rows[0][0])
        order.append(head)
        rows = [[each for each in row if each is not head] for row in rows]
    return tuple(order)


class Obj:
    """An instance; ``data`` is what a native class keeps of it, ``buffers`` the attributes that are registered so."""

    __slots__ = ("attrs", "buffers", "cls", "data", "made")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attrs: dict[str, Value] = {}
        self.buffers: set[str] = set()
        self.data: Any = None
        #: the number of the constructor call that made it
        self.made = -1


def held(value: Value) -> Value:
    """What an object of a class that is derived from one of Python's holds; else the value itself."""
    return value.data if type(value) is Obj and isinstance(value.data, PLAIN) else value


class Bound:
    """A method with its receiver."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Value, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver


class Partial:
    """``functools.partial``."""

    __slots__ = ("args", "function", "kwargs")

    def __init__(self, function: Value, args: tuple[Value, ...], kwargs: dict[str, Value]) -> None:
        self.function = function
        self.args = args
        self.kwargs = kwargs


class Property:
    """``property`` and its like; ``kept`` says that the first answer stays."""

    __slots__ = ("getter", "kept", "setter")

    def __init__(self, getter: Value, setter: Value = None, kept: bool = False) -> None:
        self.getter = getter
        self.setter = setter
        self.kept = kept


class Static:
    """``staticmethod``."""

    __slots__ = ("function",)

    def __init__(self, function: Value) -> None:
        self.function = function


class ClassMethod:
    """``classmethod``."""

    __slots__ = ("function",)

    def __init__(self, function: Value) -> None:
        self.function = function


class Super:
    """``super()``: looks behind a class in the order of another one."""

    __slots__ = ("behind", "receiver")

    def __init__(self, behind: Value, receiver: Value) -> None:
        self.behind = behind
        self.receiver = receiver


class Stream:
    """An iterator over items that are known already."""

    __slots__ = ("items",)

    def __init__(self, items: Iterator[Value]) -> None:
        self.items = items


class Raised(Exception):
    """An exception of the code under test on its way."""

    def __init__(self, value: Value, frame: Frame | None = None) -> None:
        super().__init__()
        self.value = value
        self.frame = frame


class Stopped(Exception):
    """The work ends here: a limit is reached."""
