"""Random small programs that compute numbers in many ways and hand them to convolutions."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d")
_OPERATORS = ("+", "-", "*", "//", "%")
_COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")

PRELUDE = """\
from functools import partial
import math
from torch import nn


def add(x, y=3, *rest, scale=1, **more):
    total = (x + y) * scale
    for value in rest:
        total += value
    return total + sum(more.values())


def halve(x):
    if x <= 1:
        return 1
    return halve(x // 2) + 1


def counter(start):
    def step(by=1):
        return start + by
    return step


def numbers(n):
    for i in range(n):
        if i % 3 == 1:
            continue
        yield i * 2


class Base:
    width = 4

    def __init__(self, size, factor=2):
        self.size = size
        self.factor = factor
        self.history = [size]

    @property
    def area(self):
        return self.size * self.width

    @staticmethod
    def twice(x):
        return x * 2

    @classmethod
    def of(cls, size):
        return cls(size, 3)

    def grow(self, by=1):
        self.size += by
        self.history.append(self.size)
        return self.size


class Child(Base):
    width = 5

    def __init__(self, size, factor=2, extra=0):
        super().__init__(size + extra, factor)
        self.extra = extra

    def grow(self, by=1):
        return super().grow(by + 1) + self.extra


"""


@st.composite
def programs(draw: st.DrawFn, unknown: bool = False) -> str:
    """A program; with ``unknown``, some of its values are parameters that nobody passes.

    What an operation on unknown numbers raises is not followed, so such programs have no ``try``.
    """
    writer = _Writer(draw, tries=not unknown)
    lines = [f"    {name} = {draw(st.integers(1, 12))}" for name in NAMES]
    lines += writer.block(1, draw(st.integers(2, 6)), 2)
    lines.append(f"    nn.Conv2d({writer.number()}, {writer.number()}, 1, groups={writer.number()})")
    parameters = "p, q, r" if unknown else ""
    if unknown:
        lines[:3] = ["    a, b, c = p, q, r"]
    return PRELUDE + f"def main({parameters}):\n" + "\n".join(lines) + "\n"


class _Writer:
    """Writes statements and expressions as the choices of ``draw`` go."""

    def __init__(self, draw: st.DrawFn, tries: bool) -> None:
        self.draw = draw
        self.tries = tries
        self.fresh = 0

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def name(self) -> str:
        return self.pick(*NAMES)

    def atom(self) -> str:
        return self.draw(st.one_of(st.sampled_from(NAMES), st.integers(0, 9).map(str)))

    def number(self, depth: int = 2) -> str:
        if depth == 0:
            return self.atom()
        writers: tuple[Callable[[int], str], ...] = (
            self._binary,
            self._call,
            self._sequence,
            self._choice,
            self._object,
            self._plain,
        )
        return self.draw(st.sampled_from(writers))(depth - 1)

    def _plain(self, depth: int) -> str:
        return self.atom()

    def _binary(self, depth: int) -> str:
        return f"({self.number(depth)} {self.pick(*_OPERATORS)} {self.number(depth)})"

    def _call(self, depth: int) -> str:
        x, y = self.number(depth), self.number(depth)
        return self.pick(
            f"add({x})", f"add({x}, {y})", f"add({x}, y={y}, scale=2)", f"add(*[{x}, {y}, 2])", f"add({x}, **dict(y={y}, k=1))",
            f"halve({x} % 40)", f"counter({x})({y})", f"partial(add, {x})({y})", f"(lambda v, w=2: v * w)({x})", f"min({x}, {y})",
            f"max({x}, {y}, 3)", f"abs({x})", f"int({x} / 2)", f"math.gcd(abs({x}), abs({y}))", f"len(f'{{{self.name()}}}-{{{self.name()}:03d}}')",
            f"round({x} / 4)", f"divmod({x}, 3)[1]", f"sum(numbers(abs({x}) % 7))", f"pow(2, abs({x}) % 5)",
        )  # fmt: skip

    def _sequence(self, depth: int) -> str:
        x, y = self.number(depth), self.number(depth)
        items = f"[{x}, {y}, {self.atom()}, 7]"
        return self.pick(
            f"{items}[{self.pick('0', '1', '-1', '3')}]", f"sum({items}[{self.pick('1:', ':2', '::2', '-2:', '::-1')}])",
            f"len([v for v in {items} if v > {y}])", f"sum(v * w for v, w in zip({items}, range(4)))",
            f"sum(i * v for i, v in enumerate({items}))", f"{{'k': {x}, 'l': {y}}}['{self.pick('k', 'l')}']",
            f"{{'k': {x}}}.get('{self.pick('k', 'z')}', {y})", f"sum({{i: i * {x} for i in range(3)}}.values())",
            f"sorted({items})[0]", f"max({items})", f"({items} + [{x}] * 2).index(7)", f"sum([{x} for _ in range({y} % 4)])",
            f"len({{{x}, {y}, 1}})", f"int(''.join(str(abs(v) % 10) for v in {items}))", f"list(map(lambda v: v + 1, {items}))[1]",
            f"len(str({x})) + int({x} in {items})", f"(*{items}, {x})[-1]", "len('a,b,c'.split(','))",
        )  # fmt: skip

    def _choice(self, depth: int) -> str:
        x, y = self.number(depth), self.number(depth)
        test = self.test(depth)
        return self.pick(
            f"({x} if {test} else {y})", f"({x} or {y})", f"({x} and {y})", f"(not {test}) + {x}", f"({test}) * {x}"
        )

    def _object(self, depth: int) -> str:
        x, y = self.number(depth), self.number(depth)
        cls = self.pick("Base", "Child")
        return self.pick(
            f"{cls}({x}).area", f"{cls}({x}, {y}).factor", f"{cls}.of({x}).grow({y})", f"{cls}.twice({x})",
            f"Child({x}, extra={y}).grow()", f"{cls}.width + {x}", f"getattr({cls}({x}), 'size')", f"int(isinstance({cls}({x}), Child))",
        )  # fmt: skip

    def test(self, depth: int) -> str:
        x, y = self.number(depth), self.number(depth)
        return self.pick(
            f"{x} {self.pick(*_COMPARISONS)} {y}", f"0 < {x} <= {y}", f"{x} in ({y}, 3)", f"{x} is not None and {y} > 2"
        )

    def block(self, indent: int, size: int, depth: int) -> list[str]:
        return [line for _ in range(size) for line in self._statement(indent, depth)]

    def _statement(self, indent: int, depth: int) -> list[str]:
        pad = "    " * indent
        simple: tuple[Callable[[str], list[str]], ...] = (
            self._assign,
            self._augment,
            self._unpack,
            self._conv,
            self._mutate,
        )
        if depth == 0:
            return self.draw(st.sampled_from(simple))(pad)
        compound: tuple[Callable[[int, int], list[str]], ...] = (self._if, self._for, self._while, self._nested)
        if self.tries:
            compound = (*compound, self._try)
        if self.draw(st.booleans()):
            return self.draw(st.sampled_from(simple))(pad)
        return self.draw(st.sampled_from(compound))(indent, depth - 1)

    def _assign(self, pad: str) -> list[str]:
        return [f"{pad}{self.name()} = {self.number()}"]

    def _augment(self, pad: str) -> list[str]:
        return [f"{pad}{self.name()} {self.pick('+', '-', '*')}= {self.number(1)}"]

    def _unpack(self, pad: str) -> list[str]:
        x, y = self.number(1), self.number(1)
        return [
            self.pick(
                f"{pad}a, b = {x}, {y}",
                f"{pad}c, *rest = [{x}, {y}, 1]",
                f"{pad}(d, (a, b)) = ({x}, ({y}, 2))",
                f"{pad}c = d = {x}",
            )
        ]

    def _conv(self, pad: str) -> list[str]:
        return [f"{pad}nn.Conv2d({self.number(1)}, {self.number(1)}, 1, groups={self.number(1)})"]

    def _mutate(self, pad: str) -> list[str]:
        x = self.number(1)
        return [
            f"{pad}box = {self.pick('Base', 'Child')}({x})",
            f"{pad}items = [1, {self.name()}]",
            pad
            + self.pick(
                "items.append(box.grow())",
                "items[0] = box.size",
                "items += [box.area]",
                "items.extend(range(2))",
                "del box.size",
            ),
            f"{pad}{self.name()} = items[-1] + len(box.history)",
        ]

    def _if(self, indent: int, depth: int) -> list[str]:
        pad = "    " * indent
        lines = [f"{pad}if {self.test(1)}:", *self.block(indent + 1, 1, depth)]
        if self.draw(st.booleans()):
            lines += [f"{pad}elif {self.test(1)}:", *self.block(indent + 1, 1, depth)]
        if self.draw(st.booleans()):
            lines += [f"{pad}else:", *self.block(indent + 1, 1, depth)]
        return lines

    def _for(self, indent: int, depth: int) -> list[str]:
        pad = "    " * indent
        self.fresh += 1
        variable = f"i{self.fresh}"
        head = self.pick(
            f"for {variable} in range({self.number(1)} % 5):", f"for {variable}, _ in enumerate([a, b, 3]):", f"for {variable} in (a, 2, d):",
            f"for {variable} in {{'x': 1, 'y': b}}.values():", f"for {variable} in numbers(4):",
        )  # fmt: skip
        lines = [
            f"{pad}{head}",
            *self.block(indent + 1, 1, depth),
            f"{pad}    {self.name()} = {variable} + {self.atom()}",
        ]
        if self.draw(st.booleans()):
            lines += [
                f"{pad}    if {self.test(0)}:",
                f"{pad}        {self.pick('break', 'continue')}",
                f"{pad}    b = {variable}",
            ]
        return lines

    def _while(self, indent: int, depth: int) -> list[str]:
        pad = "    " * indent
        self.fresh += 1
        variable = f"n{self.fresh}"
        return [
            f"{pad}{variable} = {self.draw(st.integers(0, 4))}",
            f"{pad}while {variable} > 0:",
            f"{pad}    {variable} -= 1",
            *self.block(indent + 1, 1, depth),
        ]

    def _try(self, indent: int, depth: int) -> list[str]:
        pad = "    " * indent
        risky = self.pick("a // (b - b)", "[1, 2][a]", "{'k': 1}[b]", "int('x')", f"{self.number(1)}", "(1, 2)[c]")
        kind = self.pick("ZeroDivisionError", "IndexError", "(KeyError, ValueError)", "Exception")
        lines = [f"{pad}try:", f"{pad}    c = {risky}", f"{pad}except {kind}:", *self.block(indent + 1, 1, depth)]
        if self.draw(st.booleans()):
            lines += [f"{pad}finally:", f"{pad}    d = {self.atom()}"]
        return lines

    def _nested(self, indent: int, depth: int) -> list[str]:
        pad = "    " * indent
        self.fresh += 1
        name = f"f{self.fresh}"
        parameter = self.pick("x", "x, y=2", "*x", "x=a")
        value = "x[0] + len(x)" if parameter == "*x" else f"x {self.pick('+', '*', '-')} b"
        return [
            f"{pad}def {name}({parameter}):",
            f"{pad}    return {value}",
            f"{pad}{self.name()} = {name}({self.number(1)})",
        ]
