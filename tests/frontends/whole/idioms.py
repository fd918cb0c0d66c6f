# ruff: noqa: RUF012, B006, B012, B019, B023, SIM105, SIM107, C408, PIE796, ARG003
"""Models in idioms of Python's and torch's that are easy to misread: each is followed to the integer, or has a gap."""

from __future__ import annotations

import contextlib
import copy
import functools
import operator
import types
from abc import ABC, abstractmethod
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn


class Setter(nn.Module):
    def __init__(self):
        super().__init__()
        self._width = 1
        self.width = 4
        self.conv = nn.Conv2d(3, self.width, 1)

    @property
    def width(self):
        return self._width

    @width.setter
    def width(self, value):
        self._width = value * 2

    def forward(self, x):
        return self.conv(x)


class SetterOfModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(3, 4, 1)

    @property
    def head(self):
        return self._head

    @head.setter
    def head(self, value):
        self._head = nn.Sequential(value, nn.Conv2d(4, 5, 1))

    def forward(self, x):
        return self._head(x)


class CallOverride(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 8, 1)

    def __call__(self, x):
        return self.two(x)

    def forward(self, x):
        return self.one(x)


class CallAround(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = CallOverride()
        self.tail = nn.Conv2d(8, 2, 1)

    def __call__(self, x):
        return super().__call__(x * 2)

    def forward(self, x):
        return self.tail(self.inner(x))


class PreHook(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.conv.register_forward_pre_hook(lambda module, args: (F.pad(args[0], (2, 2, 2, 2)),))

    def forward(self, x):
        return self.conv(x)


class Hook(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.tail = nn.Conv2d(4, 4, 1)
        self.conv.register_forward_hook(lambda module, args, out: out[:, :, ::2])

    def forward(self, x):
        return self.tail(self.conv(x))


class HookRemoved(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        handle = self.conv.register_forward_hook(lambda module, args, out: out[:, :, ::2])
        handle.remove()

    def forward(self, x):
        return self.conv(x)


class BackwardHook(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.conv.register_full_backward_pre_hook(print)

    def forward(self, x):
        return self.conv(x)


class HookByName(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.tail = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 1)
        self.conv._forward_hooks[0] = lambda module, args, out: out[:, :, ::2]

    def forward(self, x):
        return self.tail(self.conv(x))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 3)
        self.two.weight = self.one.weight

    def forward(self, x):
        return self.two(self.one(x))


class TiedData(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 3)
        self.two.weight.data = self.one.weight.data

    def forward(self, x):
        return self.two(self.one(x))


class WeightReplaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.conv.weight = nn.Parameter(torch.zeros(6, 3, 5, 5))
        self.conv.bias = None

    def forward(self, x):
        return self.conv(x)


class DataReplaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.conv.weight.data = torch.zeros(6, 3, 5, 5)
        self.conv.bias.data = torch.zeros(6)

    def forward(self, x):
        return self.conv(x)


class AttributesChanged(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.conv.stride = (2, 2)
        self.conv.padding = (2, 2)
        self.conv.out_channels = 99

    def forward(self, x):
        return self.conv(x)


class Applied(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4)))
        self.count = 0
        self.apply(self.visit)
        self.tail = nn.Conv2d(4, self.count, 1)

    def visit(self, module):
        self.count += isinstance(module, nn.Conv2d) + 10
        if isinstance(module, nn.Conv2d) and module.bias is not None:
            module.bias = None

    def forward(self, x):
        return self.tail(self.body(x))


class Deleted(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.other = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 400, 1)
        del self.other
        self.third = nn.Conv2d(3, 100, 1)
        delattr(self, "third")

    def forward(self, x):
        return self.conv(x) + hasattr(self, "other")


class Dictionary(nn.Module):
    def __init__(self):
        super().__init__()
        self.__dict__["hidden"] = nn.Conv2d(3, 4, 1)
        self.__dict__.update(width=5)
        self.conv = nn.Conv2d(4, self.width, 1)

    def forward(self, x):
        return self.conv(self.hidden(x))


class VarsUpdate(nn.Module):
    def __init__(self, width=4, groups=2):
        super().__init__()
        self.__dict__.update({k: v for k, v in locals().items() if k in ("width", "groups")})
        self.conv = nn.Conv2d(3 * self.groups, self.width, 1, groups=self.groups)

    def forward(self, x):
        return self.conv(torch.cat([x, x], 1))


class ObjectSetattr(nn.Module):
    def __init__(self):
        super().__init__()
        object.__setattr__(self, "hidden", nn.Conv2d(3, 4, 1))
        self.conv = nn.Conv2d(4, 2, 1)

    def forward(self, x):
        return self.conv(self.hidden(x))


class InAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Conv2d(3, 4, 1), nn.Conv2d(4, 5, 1)]
        self.table = {"a": nn.Conv2d(5, 6, 1)}
        self.conv = nn.Conv2d(6, 2, 1)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.conv(self.table["a"](x))


class Counted(nn.Module):
    made = []
    number = 0

    def __init__(self):
        super().__init__()
        Counted.number += 1
        type(self).number += 1
        self.number += 1
        self.made.append(self.number)
        self.conv = nn.Conv2d(3, sum(self.made) + Counted.number, 1)

    def forward(self, x):
        return self.conv(x)


class ClassMutated(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList(Counted() for _ in range(3))

    def forward(self, x):
        return [part(x) for part in self.parts]


def defaults(width, seen=[]):
    seen.append(width)
    return nn.Conv2d(3, sum(seen), 1)


class MutableDefaults(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = defaults(2), defaults(3)

    def forward(self, x):
        return self.one(x), self.two(x)


class Parent(nn.Module):
    kernel = 3

    def __init__(self, width=4):
        super().__init__()
        self.conv = self.layer(width)

    def layer(self, width):
        return nn.Conv2d(3, width, self.kernel)

    def forward(self, x):
        return self.conv(x)


class InheritedForward(Parent):
    kernel = 1

    def layer(self, width):
        return nn.Sequential(super().layer(width), nn.Conv2d(width, 2, 1))


class Left(Parent):
    def layer(self, width):
        return super().layer(width + 1)


class Right(Parent):
    def layer(self, width):
        return super().layer(width * 2)


class Diamond(Left, Right):
    pass


class Counting(type):
    def __call__(cls, *args, **kwargs):
        made = super().__call__(*args, **kwargs)
        made.extra = nn.Conv2d(3, 3, 1)
        return made


class Metaclass(nn.Module, metaclass=Counting):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return self.conv(self.extra(x))


class Prepared(type):
    def __new__(mcs, name, bases, names):
        names["width"] = 7
        return super().__new__(mcs, name, bases, names)


class MetaclassNew(nn.Module, metaclass=Prepared):
    width = 3

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, self.width, 1)

    def forward(self, x):
        return self.conv(x)


class Plugin(nn.Module):
    width = 2

    def __init_subclass__(cls, scale=1, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.width = cls.width * scale


class InitSubclass(Plugin, scale=3):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, self.width, 1)

    def forward(self, x):
        return self.conv(x)


class GetAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.other = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 8, 1)

    def __getattribute__(self, name):
        return super().__getattribute__("other" if name == "conv" else name)

    def forward(self, x):
        return self.conv(x)


class GetAttr(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def __getattr__(self, name):
        return super().__getattr__("conv" if name == "alias" else name)

    def forward(self, x):
        return self.alias(x)


class SetAttr(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def __setattr__(self, name, value):
        super().__setattr__(name, nn.Sequential(value, nn.Conv2d(4, 2, 1)) if name == "conv" else value)

    def forward(self, x):
        return self.conv(x)


class ListChanged(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [4, 8, 16]
        alias = widths
        alias[0] = 5
        widths += [6]
        widths.insert(0, 3)
        del alias[2]
        alias.sort(reverse=True)
        alias[1:3] = [9]
        self.body = nn.Sequential(*map(lambda a, b: nn.Conv2d(a, b, 1), [3, *widths], widths))

    def forward(self, x):
        return self.body(x)


class Sliced(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*[nn.Conv2d(3, 3, 1) for _ in range(5)])
        del self.body[1]
        self.body[-1] = nn.Conv2d(3, 7, 1)
        self.body.append(nn.Conv2d(7, 2, 1))
        self.body.insert(0, nn.Conv2d(3, 3, 3))
        self.body.pop(1)
        self.body.extend([nn.ReLU(), nn.Conv2d(2, 2, 1)])
        self.head = self.body[-2:]

    def forward(self, x):
        return self.head(self.body(x))


def widths():
    received = 0
    for width in (4, 5, 6):
        received = yield width + (received or 0)


class Sent(nn.Module):
    def __init__(self):
        super().__init__()
        generator = widths()
        first = next(generator)
        second = generator.send(10)
        self.body = nn.Sequential(nn.Conv2d(3, first, 1), nn.Conv2d(first, second, 1))

    def forward(self, x):
        return self.body(x)


def noting(log):
    for width in (4, 5, 6):
        log.append(width)
        yield width


class Lazy(nn.Module):
    def __init__(self):
        super().__init__()
        log = []
        generator = noting(log)
        first = next(generator)
        self.conv = nn.Conv2d(3, first + len(log), 1)

    def forward(self, x):
        return self.conv(x)


class LazyExpression(nn.Module):
    def __init__(self):
        super().__init__()
        log = []
        rows = (log.append(i) for i in range(3))
        self.conv = nn.Conv2d(3, 4 + len(log), 1)
        list(rows)
        self.tail = nn.Conv2d(4, 4 + len(log), 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class LateBinding(nn.Module):
    def __init__(self):
        super().__init__()
        makers = [lambda: nn.Conv2d(3, i + 1, 1) for i in range(3)]
        self.parts = nn.ModuleList(make() for make in makers)

    def forward(self, x):
        return [part(x) for part in self.parts]


class Finally(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, self.width(), 1)
        self.tail = nn.Conv2d(5, self.loop(), 1)

    def width(self):
        try:
            return 4
        finally:
            return 5

    def loop(self):
        total = 0
        for i in range(5):
            try:
                if i == 2:
                    continue
                if i == 4:
                    break
                total += i
            finally:
                total += 10
        else:
            total = 1
        return total

    def forward(self, x):
        return self.tail(self.conv(x))


class Handled(nn.Module):
    def __init__(self):
        super().__init__()
        width = 1
        try:
            width = {}["missing"]
        except (KeyError, ValueError) as error:
            width = len(error.args) + 3
        else:
            width = 100
        try:
            int("x")
        except KeyError:
            width = 200
        except Exception as error:
            width += isinstance(error, ValueError)
        self.conv = nn.Conv2d(3, width, 1)

    def forward(self, x):
        return self.conv(x)


class Walrus(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        if (n := width * 2) > 5 and (m := n + 1):
            self.conv = nn.Conv2d(3, m, 1)
        self.tail = nn.Conv2d(9, max(last := i for i in range(n)) + last, 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Matched(nn.Module):
    def __init__(self, config=("conv", {"out": 6, "kernel": [3, 3]})):
        super().__init__()
        match config:
            case ("pool", _):
                self.layer = nn.MaxPool2d(2)
            case (str(), {"out": int(out), "kernel": [k, *_], **rest}) if not rest:
                self.layer = nn.Conv2d(3, out, k)
            case _:
                self.layer = nn.Identity()

    def forward(self, x):
        return self.layer(x)


class Starred(nn.Module):
    def __init__(self, *widths, last=2, **kwargs):
        super().__init__()
        first, *middle, end = widths or (4, 5, 6, 7)
        self.body = nn.Sequential(
            *(nn.Conv2d(*pair, **{"kernel_size": 1, **kwargs}) for pair in zip((3, *middle), middle))
        )
        self.tail = nn.Conv2d(middle[-1], first + end, *(1,), **dict(bias=False))

    def forward(self, *args, **kwargs):
        return self.tail(self.body(*args))


class Column(nn.Module):
    def __init__(self):
        super().__init__()
        grid = torch.arange(3).reshape(3, 1) + torch.arange(3).reshape(1, 3)
        self.conv = nn.Conv2d(3, int(grid.sum()), 1)

    def forward(self, x):
        return self.conv(x)


class Grid(nn.Module):
    def __init__(self):
        super().__init__()
        grid = torch.arange(4).view(4, 1) * torch.arange(4).view(1, 4)
        self.register_buffer("grid", grid)
        self.conv = nn.Conv2d(3, 4 + grid.numel() + grid[3, 3].item(), 1)

    def forward(self, x):
        return self.conv(x)


class SinglePrecision(nn.Module):
    def __init__(self):
        super().__init__()
        third = torch.tensor(0.1) * 3
        self.conv = nn.Conv2d(3, 4 if third.item() == 0.1 * 3 else 8, 1)

    def forward(self, x):
        return self.conv(x)


class DropPath(nn.Module):
    def __init__(self):
        super().__init__()
        rates = [x.item() for x in torch.linspace(0, 0.3, 4)]
        self.parts = nn.ModuleList(nn.Conv2d(3, 4 if rate > 0.1 else 5, 1) for rate in rates)

    def forward(self, x):
        return [part(x) for part in self.parts]


class Rounded(nn.Module):
    def __init__(self):
        super().__init__()
        width = torch.tensor(16777217.0)
        self.conv = nn.Conv2d(3, int(width) - 16777210, 1)

    def forward(self, x):
        return self.conv(x)


class Overflowing(nn.Module):
    def __init__(self):
        super().__init__()
        small = torch.tensor(250, dtype=torch.uint8) + 10
        self.conv = nn.Conv2d(3, int(small), 1)

    def forward(self, x):
        return self.conv(x)


@dataclass(order=True)
class Version:
    major: int
    minor: int = 0


class Ordered(nn.Module):
    def __init__(self):
        super().__init__()
        rows = sorted([Version(2, 1), Version(1, 5), Version(1, 2)])
        self.conv = nn.Conv2d(3, 4 if Version(1, 2) < Version(1, 3) else 5, 1)
        self.tail = nn.Conv2d(4, rows[0].minor + max(rows).major, 1)

    def forward(self, x):
        return self.tail(self.conv(x))


@functools.total_ordering
class Size:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number

    def __lt__(self, other):
        return self.number < other.number


class TotalOrdering(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4 if Size(1) >= Size(1) else 5, 1)

    def forward(self, x):
        return self.conv(x)


class Unordered(nn.Module):
    def __init__(self):
        super().__init__()
        try:
            wide = Parent.kernel if Config() > Config() else 1
        except TypeError:
            wide = 6
        self.conv = nn.Conv2d(3, wide, 1)

    def forward(self, x):
        return self.conv(x)


@dataclass(frozen=True)
class Config:
    width: int = 4
    names: list = field(default_factory=list)

    def __post_init__(self):
        object.__setattr__(self, "double", self.width * 2)


class Frozen(nn.Module):
    def __init__(self):
        super().__init__()
        config = Config()
        try:
            config.width = 100
        except Exception:
            pass
        self.conv = nn.Conv2d(3, config.width + config.double, 1)

    def forward(self, x):
        return self.conv(x)


class Inherits(NamedTuple):
    width: int
    groups: int = 1

    def scaled(self):
        return self._replace(width=self.width * 2)


class Tuples(nn.Module):
    def __init__(self):
        super().__init__()
        point = namedtuple("point", "x y", defaults=[5])
        width, groups = Inherits(4).scaled()
        self.conv = nn.Conv2d(3, width * groups + point(1).y + point(1)._asdict()["x"], 1)

    def forward(self, x):
        return self.conv(x)


class Size2(IntEnum):
    SMALL = 4
    LARGE = 8


class Named(Enum):
    A = "a"
    B = "b"
    C = "a"

    @classmethod
    def _missing_(cls, value):
        return cls.B


class Enumerated(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, Size2.SMALL + max(Size2), 1)
        self.tail = nn.Conv2d(12, len(Named) + (4 if Named("zzz") is Named.B else 5) + (Named.C is Named.A), 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Collections(nn.Module):
    def __init__(self):
        super().__init__()
        counts = Counter("aabccc")
        table = defaultdict(list)
        for key, value in [("a", 1), ("b", 2), ("a", 3)]:
            table[key].append(value)
        ring = deque([1, 2, 3], maxlen=2)
        ring.append(7)
        ordered = OrderedDict(a=1, b=2)
        ordered.move_to_end("a")
        wide = counts.most_common(1)[0][1] + len(table["a"]) + sum(ring) + next(iter(ordered.values()))
        self.conv = nn.Conv2d(3, wide, 1)

    def forward(self, x):
        return self.conv(x)


class Copied(nn.Module):
    def __init__(self):
        super().__init__()
        conv = nn.Conv2d(3, 3, 3)
        self.deep = nn.ModuleList(copy.deepcopy(conv) for _ in range(2))
        self.same = nn.ModuleList([conv] * 2)
        self.shallow = copy.copy(conv)

    def forward(self, x):
        for part in (*self.deep, *self.same, self.shallow):
            x = part(x)
        return x


class Abstract(nn.Module, ABC):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, self.width(), 1)

    @abstractmethod
    def width(self): ...

    def forward(self, x):
        return self.conv(x)


class Concrete(Abstract):
    def width(self):
        return 6


class AbstractMade(nn.Module):
    def __init__(self):
        super().__init__()
        try:
            self.conv = Abstract()
        except TypeError:
            self.conv = nn.Conv2d(3, 9, 1)

    def forward(self, x):
        return self.conv(x)


class Patched(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.conv.forward = types.MethodType(lambda module, x: F.conv2d(x, module.weight[:2]), self.conv)

    def forward(self, x):
        return self.conv(x)


class PatchedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.other = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 9, 1)
        self.forward = self.other_forward

    def other_forward(self, x):
        return self.other(x)

    def forward(self, x):
        return self.conv(x)


class ClassPatched(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = Late()

    def forward(self, x):
        return self.conv(x)


class Late(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)


def late_forward(self, x):
    return self.conv(x)


Late.forward = late_forward


class Registered(nn.Module):
    table = {}

    @classmethod
    def register(cls, name):
        def add(made):
            cls.table[name] = made
            return made

        return add

    def __init__(self):
        super().__init__()
        self.part = self.table["wide"]()

    def forward(self, x):
        return self.part(x)


@Registered.register("wide")
class Wide(Parent):
    kernel = 5


class Static(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = self.make(4)
        self.tail = self.of(4)

    @staticmethod
    def make(width):
        return nn.Conv2d(3, width, 1)

    @classmethod
    def of(cls, width):
        return nn.Conv2d(width, len(cls.__name__), 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Descriptor:
    def __init__(self, scale):
        self.scale = scale

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, owner, cls):
        return getattr(owner, self.name) * self.scale

    def __set__(self, owner, value):
        setattr(owner, self.name, value)


class Descriptors(nn.Module):
    width = Descriptor(3)

    def __init__(self):
        super().__init__()
        self.width = 4
        self.conv = nn.Conv2d(3, self.width, 1)

    def forward(self, x):
        return self.conv(x)


class Cached(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0
        one, two = self.make(4), self.make(4)
        self.one, self.two = one, two
        self.tail = nn.Conv2d(4, 3 + self.calls, 1)

    @functools.lru_cache
    def make(self, width):
        self.calls += 1
        return nn.Conv2d(3, width, 1)

    def forward(self, x):
        return self.tail(self.one(x) + self.two(x))


@functools.cache
def shared_layer(width):
    return nn.Conv2d(3, width, 1)


class CachedFunction(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = shared_layer(4), shared_layer(4)

    def forward(self, x):
        return self.one(x) + self.two(x)


@contextlib.contextmanager
def doubled(module):
    module.scale = 2
    try:
        yield module
    finally:
        module.scale = 1


class Managed(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = 1
        with doubled(self):
            self.conv = nn.Conv2d(3, 4 * self.scale, 1)
        self.tail = nn.Conv2d(8, 4 * self.scale, 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Suppressed(nn.Module):
    def __init__(self):
        super().__init__()
        width = 4
        with contextlib.suppress(KeyError):
            {}["x"]
            width = 100
        self.conv = nn.Conv2d(3, width, 1)

    def forward(self, x):
        return self.conv(x)


class Training(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.extra = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1)
        self.eval()
        self.wide = nn.Conv2d(4, 3 if self.training else 5, 1)

    def forward(self, x):
        x = self.conv(x)
        return self.extra(x) if self.training else self.wide(x)


class TrainOverride(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.extra = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 9, 1)
        self.deployed = False

    def train(self, mode=True):
        super().train(mode)
        self.deployed = not mode
        return self

    def forward(self, x):
        return self.extra(x) if self.deployed else self.conv(x)


class Switched(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.norm = nn.BatchNorm2d(4)
        self.norm.training = False

    def forward(self, x):
        if self.norm.training:
            x = x * 2
        return self.norm(self.conv(x))


class Recursive(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.inner = Recursive(depth - 1) if depth else None
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x):
        return self.conv(x if self.inner is None else self.inner(x))


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        conv = nn.Conv2d(3, 3, 3)
        self.body = nn.ModuleList([conv, nn.ReLU(), conv])
        self.also = conv

    def forward(self, x):
        for part in self.body:
            x = part(x)
        return self.also(x)


class Unregistered(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.conv = None
        self.register_module("conv", nn.Conv2d(3, 5, 1))
        self.register_parameter("scale", None)
        self.scale = nn.Parameter(torch.ones(1, 5, 1, 1))
        self.plain = torch.ones(7)
        self.tensor = nn.Parameter(torch.ones(3), requires_grad=False)

    def forward(self, x):
        return self.conv(x) * self.scale


class Renamed(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("a", nn.Conv2d(3, 4, 1))
        self._modules["b"] = nn.Conv2d(4, 5, 1)
        self._modules["c"] = self._modules.pop("a")

    def forward(self, x):
        return self.b(self.c(x))


class Overwritten(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.forward_twice = 2
        for name, child in list(self.named_children()):
            setattr(self, name, nn.Sequential(child, nn.Conv2d(4, 4, 1)))

    def forward(self, x):
        return self.conv(x)


class Replaced(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Sequential(nn.BatchNorm2d(4)))
        self.convert(self)

    def convert(self, module):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.GroupNorm(2, child.num_features, affine=False))
            else:
                self.convert(child)

    def forward(self, x):
        return self.body(x)


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.utils.weight_norm(nn.Conv2d(3, 4, 3))
        self.two = nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 3))
        self.three = nn.utils.spectral_norm(nn.Conv2d(4, 4, 3))

    def forward(self, x):
        return self.three(self.two(self.one(x)))


class Lazier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.LazyConv2d(4, 3)
        self.tail = nn.Conv2d(4, 4, 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Operators(nn.Module):
    def __init__(self):
        super().__init__()
        getter = operator.attrgetter("weight.shape")
        item = operator.itemgetter(0, 1)
        conv = nn.Conv2d(3, 4, 1)
        self.conv = nn.Conv2d(3, sum(item(getter(conv))), 1)

    def forward(self, x):
        return self.conv(x)


class Identities(nn.Module):
    def __init__(self):
        super().__init__()
        self.names = {id(m): n for n, m in self.named_modules()}
        one, two = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 1)
        self.kept = nn.ModuleList(dict.fromkeys([one, two, one]))
        self.tail = nn.Conv2d(4, 4 if one == two else 5, 1)

    def forward(self, x):
        return self.tail(self.kept[0](x) + self.kept[1](x))


class Chained(nn.Module):
    def __init__(self):
        super().__init__()
        low, value, high = 1, 3, 2
        inside = low < value < high
        self.conv = nn.Conv2d(3, 4 + inside + (not low == value != high), 1)

    def forward(self, x):
        return self.conv(x)


class Numbers(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, round(2.5) + round(3.5) + (-7 // 2) + -7 % 3 + int(1e1) + divmod(-7, 2)[1], 1)
        self.tail = nn.Conv2d(self.conv.out_channels, int("0b101", 0) + int("1_0") + len(f"{3.14159:>8.2f}"), 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Nonlocal(nn.Module):
    def __init__(self):
        super().__init__()
        count = 3

        def layer():
            nonlocal count
            before, count = count, count + 1
            return nn.Conv2d(before, count, 1)

        self.body = nn.Sequential(layer(), layer(), layer())

    def forward(self, x):
        return self.body(x)


class Reduced(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(3, 3, k, padding=k // 2) for k in (1, 3, 5))

    def forward(self, x):
        return functools.reduce(lambda x, conv: conv(x), self.convs, x)


class InPlaceInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        x.resize_(1, 3, 8, 8)
        return self.conv(x)


class Branching(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 8, 1)

    def forward(self, x):
        if x.sum() > 0:
            return self.one(x)
        return self.two(x)


class Selected(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        mask = x.mean((2, 3)) > 0
        return self.conv(x[:, mask[0]]) if mask.all() else self.conv(x)


class DoubleInit(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        super().__init__()
        self.tail = nn.Conv2d(3, 2, 1)

    def forward(self, x):
        return self.tail(x)


class BeforeInit(nn.Module):
    def __init__(self):
        self.width = 4
        super().__init__()
        self.conv = nn.Conv2d(3, self.width, 1)

    def forward(self, x):
        return self.conv(x)


class Slots:
    __slots__ = ("width",)

    def __init__(self):
        self.width = 5

    def __len__(self):
        return 0

    def __bool__(self):
        return True

    def __contains__(self, item):
        return item == 3

    def __index__(self):
        return 2

    def __radd__(self, other):
        return other + 1


class Special(nn.Module):
    def __init__(self):
        super().__init__()
        slots = Slots()
        self.conv = nn.Conv2d(3, (4 if slots else 5) + (3 in slots) + [10, 20, 30][slots] + sum([1, slots]), 1)

    def forward(self, x):
        return self.conv(x)


class Iterator:
    def __init__(self, most):
        self.number, self.most = 0, most

    def __iter__(self):
        return self

    def __next__(self):
        if self.number == self.most:
            raise StopIteration
        self.number += 1
        return self.number


class Iterated(nn.Module):
    def __init__(self):
        super().__init__()
        rows = Iterator(5)
        first = next(rows)
        self.conv = nn.Conv2d(3, first + sum(rows), 1)
        pairs = zip(it := iter(range(6)), it)
        self.tail = nn.Conv2d(15, sum(a * b for a, b in pairs) + 1, 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class Globals(nn.Module):
    def __init__(self):
        super().__init__()
        global late_width
        late_width = 6
        self.conv = globals()["nn"].Conv2d(3, late_width, 1)

    def forward(self, x):
        return self.conv(x)


class OfWidth(nn.Module):
    def __class_getitem__(cls, item):
        return functools.partial(cls, item)

    def __init__(self, width=3):
        super().__init__()
        self.conv = nn.Conv2d(3, width, 1)

    def forward(self, x):
        return self.conv(x)


class OfItem(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = OfWidth[5]()

    def forward(self, x):
        return self.part(x)


class Singleton(nn.Module):
    made = None

    def __new__(cls):
        if cls.made is None:
            cls.made = super().__new__(cls)
        return cls.made

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return self.conv(x)


class Singletons(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = Singleton(), Singleton()

    def forward(self, x):
        return self.one(x) + self.two(x)


class Einsum(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return torch.einsum("bchw,bdhw->bcd", self.conv(x), x)


class NamedModulesDuplicate(nn.Module):
    def __init__(self):
        super().__init__()
        conv = nn.Conv2d(3, 3, 1)
        self.body = nn.Sequential(conv, conv)
        count = len(list(self.named_modules(remove_duplicate=False))) + len(list(self.parameters(recurse=False)))
        self.tail = nn.Conv2d(3, count, 1)

    def forward(self, x):
        return self.tail(self.body(x))


class Prefixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        names = [name for name, _ in self.named_parameters(prefix="net")]
        self.tail = nn.Conv2d(3, len(names[0]), 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class StateKeys(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3))
        self.register_buffer("skipped", torch.zeros(3), persistent=False)
        self.tail = nn.Conv2d(3, len(self.state_dict()), 1)

    def forward(self, x):
        return self.tail(self.conv(x))


class EinsumOfWeights(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.w = nn.Parameter(torch.randn(5, 4))

    def forward(self, x):
        x = torch.einsum("bchw,oc->bohw", self.conv(x), self.w)
        return torch.einsum("bchw->bc", x), torch.einsum("bchw->bhwc", x)


class EinsumOfBatches(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.r = nn.Parameter(torch.randn(16, 16, 4))

    def forward(self, x):
        q = self.conv(x).permute(0, 2, 3, 1)
        return torch.einsum("bhwc,hkc->bhwk", q, self.r)


class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        a, b, c = torch.tensor_split(self.conv(x), 3, dim=1)
        d = torch.tensor_split(x, (1, 2), 1)
        y = torch.addcmul(a, b, c, value=0.5)
        return y[:, :1], d[0].argsort(-1), torch.diff(x, dim=1), x.tile((1, 2, 1, 1)), torch.tile(x, dims=(2, 1))


class RootMeanSquare(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.scale = nn.Parameter(torch.ones(16, dtype=torch.get_default_dtype()))

    def forward(self, x):
        x = self.conv(x)
        m = torch.finfo(x.dtype).min
        if torch.compiler.is_exporting() or torch.compiler.is_compiling():
            return x
        return F.rms_norm(x, (16,), self.scale) + m


class Distinct(nn.Module):
    def __init__(self):
        super().__init__()
        w = torch.tensor([24.0, 24.0, 56.5]).unique()
        self.conv = nn.Conv2d(3, len(w) + 4, 1)
        self.norm = nn.RMSNorm(16)

    def forward(self, x):
        return self.norm(self.conv(x))
