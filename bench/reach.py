"""How many convolution calls with ``groups`` the evaluator reaches, and for how many it knows the groups."""

from __future__ import annotations

from bench.packages import VERSIONS, source
from bench.tables import publish, table
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load

HEADER = ("package", "version", "files", "parsed", "reached with groups", "groups known", "share")


def row(name: str) -> tuple[object, ...]:
    """The counts of one package."""
    folder = str(source(name))
    counts = api.check([folder], load([folder], rulebook.rules(), Flags(isolated=True))).counts
    share = 100 * counts.groups_decided / max(1, counts.groups_reached)
    reached, decided = counts.groups_reached, counts.groups_decided
    return name, VERSIONS[name], counts.files, counts.parsed, reached, decided, f"{share:.1f} %"


def main() -> None:
    note = (
        "A call counts once for each way in which it is reached: the values of its arguments and the calls that lead "
        "to it. Its groups are known when they are a number, or provably equal to in_channels."
    )
    publish("reach.md", "Reach", note, table(HEADER, map(row, VERSIONS)))


if __name__ == "__main__":
    main()
