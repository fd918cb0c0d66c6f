"""Fixes in code of every layout: nothing outside the edits changes, the result is right, and a second run has nothing
to do."""

from __future__ import annotations

import ast

import pytest
from fixes.fixing import fixed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

HEAD = "import torch.nn as nn\n"

#: White space and comments that may stand between the tokens of a call in parentheses.
SPACES = st.sampled_from(["", " ", "  ", "\n    ", " # a note, groups=2\n  ", "\t", "\n\n", " \\\n "])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def calls(draw: st.DrawFn) -> str:
    """``nn.Conv2d(12, 12, 3, groups=5, ...)`` in any layout, keywords in any order."""
    space = lambda: draw(SPACES)  # noqa: E731
    keywords = draw(st.permutations(["groups=5", "padding=1", "bias=False", 'padding_mode="zeros"']))
    keywords = keywords[: keywords.index("groups=5") + 1 + draw(st.integers(0, 2))]
    words = ["12", "12", "3", *(word.replace("=", f"{space()}={space()}") for word in keywords)]
    inside = f"{space()},{space()}".join(words) + draw(st.sampled_from(["", ",", f",{space()}"]))
    return f"nn.Conv2d{draw(st.sampled_from(['', ' ']))}({space()}{inside}{space()})"


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, str, str]:
    """The text in front of a wrong call, the call, and what stands behind it."""
    end = draw(ENDS)
    before = draw(
        st.sampled_from(["", "# grüße\n", '"""Doc."""\n', "x = '''a\n b'''\n", "\ufeff", "if True:\n  y = 1\n"])
    )
    bom, before = ("\ufeff", "") if before == "\ufeff" else ("", before)
    behind = draw(st.sampled_from(["", "\n", "  # noqa: E501\n", "; z = 'π'\n", "\n\n\n", "\nclass A: pass"]))
    texts = (bom + before + HEAD + "conv = ", draw(calls()), behind)
    return tuple(text.replace("\n", end) for text in texts)  # type: ignore[return-value]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs())
def test_a_number_of_groups_is_replaced_and_nothing_else(parts: tuple[str, str, str]) -> None:
    before, call, behind = parts
    text, left, outcome = fixed((before + call + behind).encode(), "GC002", "GC003")
    assert not left
    assert not outcome.given_up
    changed = text.decode()
    assert changed.startswith(before)
    assert changed.endswith(behind)
    middle = changed[len(before) : len(changed) - len(behind)]
    assert [a for a, b in zip(call, middle, strict=True) if a != b] == ["5"]
    assert fixed(text, "GC002", "GC003")[0] == text


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls())
def test_an_argument_that_is_left_out_leaves_the_others(call: str) -> None:
    text, left, outcome = fixed(HEAD + "conv = " + call.replace("5", "1"), "GC501")
    assert not left
    assert outcome.fixed
    old, new = (ast.parse(t).body[-1].value for t in (HEAD + "conv = " + call, text))  # type: ignore[attr-defined]
    assert [ast.dump(a) for a in new.args] == [ast.dump(a) for a in old.args]
    assert [k.arg for k in new.keywords] == [k.arg for k in old.keywords if k.arg != "groups"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(calls())
def test_an_argument_that_is_added_comes_last(call: str) -> None:
    dense = call.replace("padding_mode", "device").replace('"zeros"', "None")
    wrong = HEAD + "depthwise = " + dense.replace("groups", "stride").replace("5", "2")
    text, left, outcome = fixed(wrong, "GC012")
    assert not left
    assert outcome.fixed
    new = ast.parse(text).body[-1].value  # type: ignore[attr-defined]
    assert new.keywords[-1].arg == "groups"
    assert new.keywords[-1].value.value == 12


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "shift_jis"])
def test_the_encoding_of_a_file_stays(encoding: str) -> None:
    word = "漢字" if encoding == "shift_jis" else "naïve"
    cookie = "" if encoding.startswith("utf-8") else f"# -*- coding: {encoding} -*-\n"
    program = cookie + HEAD + f"name = '{word}'\r\nconv = nn.Conv2d(8, 8, 3, groups=3)  # {word}\r\n"
    data = program.encode(encoding)
    text, left, _ = fixed(data, "GC002", "GC003")
    assert text == data.replace(b"groups=3", b"groups=2")
    assert not left


def test_edits_that_touch_are_made_one_after_the_other() -> None:
    program = HEAD + "nets = [nn.Conv2d(8, 8, 3, groups=3), nn.Conv2d(8, 8, 1, groups=5), nn.GroupNorm(3, 8)]\n"
    text, left, outcome = fixed(program)
    assert text.decode() == program.replace("groups=3", "groups=2").replace("groups=5", "groups=4").replace(
        "Norm(3", "Norm(2"
    )
    assert not left
    assert len(outcome.fixed) == 5


def test_a_chain_of_grouped_convolutions_is_joined_link_by_link() -> None:
    layers = "".join(f"    nn.Conv2d(16, 16, {k}, groups=4),\n    nn.ReLU(),\n" for k in (1, 3, 1, 3))
    text, left, _ = fixed(HEAD + f"net = nn.Sequential(\n{layers})\n", "GC101")
    assert not left
    assert text.count(b"nn.ChannelShuffle(4)") >= 1


def test_a_number_that_two_layers_need_different_is_not_changed_to_suit_one() -> None:
    program = HEAD + (
        "def block(width, groups=5):\n"
        "    return nn.Conv2d(width, width, 3, groups=groups)\n"
        "\n\nnets = [block(64), block(25)]\n"
    )
    text, left, _ = fixed(program, "GC002", "GC003")
    assert not left or text.decode() == program
    ast.parse(text)


def test_a_number_that_means_other_things_too_is_left_alone() -> None:
    program = HEAD + (
        "def block(width, out):\n    return nn.Conv2d(width, out, 3, groups=out)\n\n\nnet = block(64, 96)\n"
    )
    text, left, outcome = fixed(program, "GC002")
    assert text.decode() == program
    assert left
    assert not outcome.fixed
