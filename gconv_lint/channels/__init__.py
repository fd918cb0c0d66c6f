"""Floor 1: the channel algebra, which tells what layer graphs do to the channels that pass through them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from gconv_lint.channels.attention import attentions
from gconv_lint.channels.branches import branches
from gconv_lint.channels.chains import chains
from gconv_lint.channels.connections import connections
from gconv_lint.channels.folds import foldable
from gconv_lint.channels.liveness import dropped
from gconv_lint.channels.neighbours import edges, shuffles
from gconv_lint.channels.pairs import pairs
from gconv_lint.channels.rows import rows
from gconv_lint.channels.splits import splits
from gconv_lint.channels.strong import gate_chains
from gconv_lint.channels.unmixed import unmixed
from gconv_lint.channels.uses import uses
from gconv_lint.channels.wiring import Wiring
from gconv_lint.model.constructs import Construct
from gconv_lint.model.graph import LayerGraph
from gconv_lint.model.places import Place

#: Each question with the kinds of construct that answer it.
_QUESTIONS: tuple[tuple[frozenset[str], Callable[[Wiring], Iterator[Construct]]], ...] = (
    (frozenset({"chain"}), chains),
    (frozenset({"connection"}), connections),
    (frozenset({"edge"}), edges),
    (frozenset({"shuffle_pair", "identity_shuffle"}), shuffles),
    (frozenset({"conv_use"}), uses),
    (frozenset({"shuffled_pair"}), pairs),
    (frozenset({"gate_chain"}), gate_chains),
    (frozenset({"grouped_row"}), rows),
    (frozenset({"branch_groups"}), branches),
    (frozenset({"unmixed_output"}), unmixed),
    (frozenset({"folded_shuffle"}), foldable),
    (frozenset({"attention_conv"}), attentions),
    (frozenset({"dropped_channels"}), dropped),
    (frozenset({"manual_split"}), splits),
)
#: Kinds that graphs of dense convolutions give, too.
_OF_DENSE = frozenset({"dropped_channels", "manual_split"})
#: Every kind of construct that graphs give.
KINDS = frozenset().union(*(kinds for kinds, _ in _QUESTIONS))


def constructs(graphs: Sequence[LayerGraph], kinds: Collection[str] = KINDS) -> list[Construct]:
    """What the graphs say, in their order; questions that none of ``kinds`` asks are not worked out.

    A layer that is part of several graphs may be spoken of once for each.
    """
    wanted = [(answers, question) for answers, question in _QUESTIONS if not answers.isdisjoint(kinds)]
    found: list[Construct] = []
    for graph in graphs:
        grouped = _matters(graph)
        asked = [question for answers, question in wanted if grouped or answers <= _OF_DENSE]
        if asked:
            wiring = Wiring(graph)
            found.extend(construct for question in asked for construct in question(wiring))
    return _longest(found)


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
