"""What statements store in the objects of a name, as their text says it."""

from __future__ import annotations

import pytest

from gconv_lint.frontends.source.shared_state import EVERYTHING, SharedState


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("Net.groups = 4", {"groups"}),
        ("if wide: Net.groups = 4", {"groups"}),
        ("Net['groups'] = 4", {""}),
        ("Net.sizes.append(4)", {"sizes"}),
        ("Net.widen(4)", {EVERYTHING}),
        ("@Net.register", {EVERYTHING}),
        ("  @ Net.register", {EVERYTHING}),
    ],
)
def test_a_statement_changes_what_it_begins_with(statement: str, changes: set[str]) -> None:
    for text in (f"{statement}\n", f"x = 1\n{statement}\n"):
        assert SharedState(text).changes_of("Net") == changes


@pytest.mark.parametrize(
    "statement",
    ["x = Net.groups", "MyNet.groups = 4", "my.Net.groups = 4", "part = sizes[a:Net.groups]", "Net.groups == 4"],
)
def test_other_statements_change_nothing(statement: str) -> None:
    assert SharedState(f"{statement}\n").changes_of("Net") == set()
