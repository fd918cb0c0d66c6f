"""Numbers that may be known only as an expression: ``Sym`` in a normal form where equal means equal.

A ``Sym`` is a polynomial with numeric coefficients over *atoms*; an atom is the text of something that the
normal form does not look into (a parameter ``dim``, a quotient ``dim // 3``, an attribute ``config.width``).
``2 * dim``, ``dim * 2`` and ``dim + dim`` are one value; ``dim`` and ``width`` may or may not be equal.
Every comparison answers ``True``, ``False`` or ``None`` for *cannot know*.
"""

from __future__ import annotations

from typing import Union
from zlib import crc32

Monomial = tuple[str, ...]
Terms = tuple[tuple[Monomial, int | float], ...]
Number = Union[int, float]

MAX_TERMS = 16
MAX_ATOM = 160
_LOOSE = ("not ", " and ", " or ", " if ", " < ", " > ", "= ", " in ", " is ", " | ", " ^ ", " & ", " << ", " >> ")


class Sym:
    """A number (or object) known only as an expression; immutable, hashable, equal when provably equal."""

    __slots__ = ("_text", "floating", "terms")

    terms: Terms
    floating: bool

    def __init__(self, terms: Terms, floating: bool = False) -> None:
        self.terms = terms
        self.floating = floating
        self._text = ""

    @staticmethod
    def atom(text: str, floating: bool = False) -> Sym:
        """The expression that is just ``text``."""
        return Sym((((text,), 1),), floating)

    @property
    def is_atom(self) -> bool:
        """Whether the normal form could not look into this expression."""
        terms = self.terms
        return len(terms) == 1 and terms[0][1] == 1 and len(terms[0][0]) == 1

    @property
    def readable(self) -> bool:
        """Whether the expression is made of names that stand in the program, and says something to a reader."""
        return not any("#" in atom for monomial, _ in self.terms for atom in monomial)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Sym) and self.terms == other.terms)

    def __hash__(self) -> int:
        return hash(self.terms)

    def __str__(self) -> str:
        if not self._text:
            if self.is_atom and " " not in self.terms[0][0][0]:
                self._text = self.terms[0][0][0]  # Most are: it needs no brackets.
                return self._text
            parts = [_term_text(monomial, factor) for monomial, factor in self.terms]
            self._text = " + ".join(parts).replace("+ -", "- ") if parts else "0"
        return self._text

    def __repr__(self) -> str:
        return f"Sym({self})"


Dim = Union[int, Sym, None]


def _term_text(monomial: Monomial, factor: Number) -> str:
    if not monomial:
        return str(factor)
    inside = len(monomial) + (factor != 1) > 1
    atoms = " * ".join(f"({a})" if " " in a and (inside or _binds_loosely(a)) else a for a in monomial)
    if factor == 1:
        return atoms
    return f"-{atoms}" if factor == -1 else f"{factor} * {atoms}"


def _binds_loosely(atom: str) -> bool:
    """Whether an expression must stand in brackets to be part of a sum."""
    return not _enclosed(atom) and any(word in atom for word in _LOOSE)


def _enclosed(text: str) -> bool:
    """Whether a pair of brackets holds all of a text."""
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position > 0 and position == len(text) - 1
    return False


def _terms(value: Number | Sym) -> Terms:
    if isinstance(value, Sym):
        return value.terms
    return (((), value),) if value else ()


def _build(table: dict[Monomial, Number], floating: bool) -> Number | Sym | None:
    terms = tuple(sorted((m, f) for m, f in table.items() if f != 0))
    if not terms:
        return 0.0 if floating else 0
    if len(terms) == 1 and terms[0][0] == ():
        return terms[0][1]
    if len(terms) > MAX_TERMS or any(len(m) > MAX_TERMS for m, _ in terms):
        return None
    return Sym(terms, floating)


def _floating(a: Number | Sym, b: Number | Sym) -> bool:
    return any(v.floating if isinstance(v, Sym) else isinstance(v, float) for v in (a, b))


def add(a: Number | Sym, b: Number | Sym, sign: int = 1) -> Number | Sym | None:
    """``a + sign * b``; ``None`` when the result has too many terms to keep."""
    table: dict[Monomial, Number] = dict(_terms(a))
    for monomial, factor in _terms(b):
        table[monomial] = table.get(monomial, 0) + sign * factor
    return _build(table, _floating(a, b))


def multiply(a: Number | Sym, b: Number | Sym) -> Number | Sym | None:
    """``a * b``; ``None`` when the result has too many terms to keep."""
    left, right = _terms(a), _terms(b)
    if len(left) * len(right) > 4 * MAX_TERMS:
        return None
    table: dict[Monomial, Number] = {}
    for m1, f1 in left:
        for m2, f2 in right:
            monomial = tuple(sorted(m1 + m2))
            table[monomial] = table.get(monomial, 0) + f1 * f2
    return _build(table, _floating(a, b))


def exact_quotient(a: Number | Sym, b: Number | Sym) -> int | Sym | None:
    """``a / b`` where it is a polynomial with integer coefficients (``b`` taken as not zero), else ``None``."""
    divisor = _terms(b)
    if len(divisor) != 1 or _floating(a, b):
        return _one_if_same(a, b)
    monomial, factor = divisor[0]
    table: dict[Monomial, Number] = {}
    for m, f in _terms(a):
        rest = _without(m, monomial)
        if rest is None or f % factor:
            return None
        table[rest] = f // factor
    quotient = _build(table, False)
    return quotient if isinstance(quotient, (int, Sym)) else None


def _one_if_same(a: Number | Sym, b: Number | Sym) -> int | None:
    """1 when ``a`` and ``b`` are the same expression: the quotient that needs no division."""
    return 1 if _terms(a) == _terms(b) and not _floating(a, b) and _terms(b) else None


def _without(monomial: Monomial, part: Monomial) -> Monomial | None:
    rest = list(monomial)
    for atom in part:
        if atom not in rest:
            return None
        rest.remove(atom)
    return tuple(rest)


def opaque(text: str, floating: bool = False) -> Sym:
    """An atom for a composite expression; long texts are cut to a digest so that memory stays bounded."""
    if len(text) > MAX_ATOM:
        text = f"{text[:40]}...#{crc32(text.encode()):08x}"
    return Sym.atom(text, floating)


def difference(a: Number | Sym, b: Number | Sym) -> Number | None:
    """``a - b`` when that is a plain number, else ``None``."""
    result = add(a, b, -1)
    return None if result is None or isinstance(result, Sym) else result


def equal(a: Number | Sym, b: Number | Sym) -> bool | None:
    """Whether ``a == b``: three-valued."""
    gap = difference(a, b)
    return None if gap is None else gap == 0


def less(a: Number | Sym, b: Number | Sym) -> bool | None:
    """Whether ``a < b``: three-valued."""
    gap = difference(a, b)
    return None if gap is None else gap < 0


class FloorZero(int):
    """The 0 that ``//``, ``int()`` or ``round()`` made of a positive number: a rounded-down group count."""
