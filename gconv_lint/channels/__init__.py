"""Floor 1: the channel algebra, which tells what layer graphs do to the channels that pass through them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from importlib import import_module

from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.places import Place

Question = Callable[[Wiring], Iterator[Construct]]

#: Each question: the kinds of construct that answer it, and the module and function that ask. Most rules are off, and
#: what they ask need not be loaded.
_QUESTIONS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"chain"}), "chains", "chains"),
    (frozenset({"connection"}), "connections", "connections"),
    (frozenset({"edge"}), "neighbours", "edges"),
    (frozenset({"shuffle_pair", "identity_shuffle"}), "neighbours", "shuffles"),
    (frozenset({"conv_use"}), "uses", "uses"),
    (frozenset({"shuffled_pair"}), "pairs", "pairs"),
    (frozenset({"gate_chain"}), "strong", "gate_chains"),
    (frozenset({"grouped_row"}), "rows", "rows"),
    (frozenset({"branch_groups"}), "branches", "branches"),
    (frozenset({"unmixed_output"}), "unmixed", "unmixed"),
    (frozenset({"folded_shuffle"}), "folds", "foldable"),
    (frozenset({"attention_conv"}), "attention", "attentions"),
    (frozenset({"dropped_channels"}), "liveness", "dropped"),
    (frozenset({"manual_split"}), "splits", "splits"),
)
#: Kinds that graphs of dense convolutions give, too.
OF_DENSE = frozenset({"dropped_channels", "manual_split"})
#: Every kind of construct that graphs give.
KINDS = frozenset().union(*(kinds for kinds, *_ in _QUESTIONS))


def constructs(graphs: Sequence[LayerGraph], kinds: Collection[str] = KINDS) -> list[Construct]:
    """What the graphs say, in their order; questions that none of ``kinds`` asks are not worked out.

    A layer that is part of several graphs may be spoken of once for each.
    """
    wanted = [(answers, _asked(*where)) for answers, *where in _QUESTIONS if not answers.isdisjoint(kinds)]
    found: list[Construct] = []
    for graph in graphs:
        grouped = _matters(graph)
        asked = [question for answers, question in wanted if grouped or answers <= OF_DENSE]
        if asked:
            wiring = Wiring(graph)
            found.extend(construct for question in asked for construct in question(wiring))
    return _longest(found)


def _asked(module: str, name: str) -> Question:
    question: Question = getattr(import_module(f"gconv_lint.channels.{module}"), name)
    return question


def _longest(found: list[Construct]) -> list[Construct]:
    """Without the chains that are part of another one: in some context their first convolution may not be known.

    What is known to be the branches of a bottleneck in one context is taken to be so in all.
    """
    rows = [(c, _row(c)) for c in found if c.kind == "chain"]
    return [c for c in found if c.kind != "chain" or not _is_part(c, rows)]


def _row(chain: Construct) -> set[Place]:
    return {chain.place, *(r.place for r in chain.related)}


def _is_part(chain: Construct, rows: Sequence[tuple[Construct, set[Place]]]) -> bool:
    own, told, joined = _row(chain), chain.values["branches"], chain.values["misaligned"]
    return any(
        own <= row
        and (other.place != chain.place or (other.values["branches"] and not told))
        and (joined or not other.values["misaligned"])  # whose groups are apart in a part of it alone
        for other, row in rows
    )


def _matters(graph: LayerGraph) -> bool:
    """Whether a graph holds anything but dense convolutions."""
    return any(layer.kind == "shuffle" or (layer.conv is not None and layer.conv.groups != 1) for layer in graph.layers)
