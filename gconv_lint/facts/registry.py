"""The words that rules may use: each fact's name, subjects, type and meaning, and the function that works it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gconv_lint.facts.kleene import UNKNOWN
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer

Subject = Layer | Construct
Function = Callable[[Any], Any]


class Fact(NamedTuple):
    """One word: ``value(subject)`` is of type ``type`` or ``UNKNOWN``, and depends on the subject alone."""

    name: str
    kind: str
    type: str
    doc: str
    value: Function


_WORDS: dict[str, dict[str, Fact]] = {}


def declare(name: str, kind: str, type: str, doc: str, value: Function) -> None:
    """Add a word to those of subjects of ``kind``."""
    _WORDS.setdefault(kind, {})[name] = Fact(name=name, kind=kind, type=type, doc=doc, value=value)


def fact(*kinds: str, type: str, name: str = "") -> Callable[[Function], Function]:
    """Declare the decorated function as a fact of ``kinds``; its docstring is the meaning users read."""

    def register(function: Function) -> Function:
        for kind in kinds:
            declare(name or function.__name__, kind, type, (function.__doc__ or "").strip(), function)
        return function

    return register


def kinds() -> tuple[str, ...]:
    """Every kind of subject that a rule can match."""
    return tuple(_WORDS)


def words_of(kind: str) -> Mapping[str, Fact]:
    """The facts of subjects of ``kind``, by name."""
    return _WORDS.get(kind, {})


class Facts(dict[str, Any]):
    """The facts of one subject, worked out when first asked for; a word that its kind lacks is ``UNKNOWN``."""

    __slots__ = ("_words", "subject")

    def __init__(self, subject: Subject) -> None:
        super().__init__()
        self.subject = subject
        self._words = _WORDS.get(subject.kind, {})

    def __missing__(self, word: str) -> Any:
        fact = self._words.get(word)
        value = self[word] = UNKNOWN if fact is None else fact.value(self.subject)
        return value
