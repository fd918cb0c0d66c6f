"""Floor 2: facts, the named values of layers and constructs that rules are written in."""

from gconv_lint.facts import attributes, constructs, derived, names
from gconv_lint.facts.graph_words import OF_ANY_BLOCK
from gconv_lint.facts.kleene import UNKNOWN
from gconv_lint.facts.registry import Fact, Facts, Subject, kinds, words_of

__all__ = [
    "OF_ANY_BLOCK",
    "UNKNOWN",
    "Fact",
    "Facts",
    "Subject",
    "attributes",
    "constructs",
    "derived",
    "kinds",
    "names",
    "words_of",
]
