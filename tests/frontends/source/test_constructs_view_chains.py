"""``view_chain``: splitting, swapping and merging axes."""

from __future__ import annotations

from textwrap import indent

import pytest
from constructs_support import constructs, only

SPLIT = "x = x.view(b, g, c // g, h, w)\n"


def shuffle(body: str, name: str = "mix") -> str:
    return f"def {name}(x, b, c, g, h, w):\n" + indent(body, "    ")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return x.view(b, g, c // g, h, w).transpose(1, 2).view(b, c, h, w)\n", id="one expression"),
        pytest.param(SPLIT + "x = x.transpose(1, 2)\nx = x.view(b, -1, h, w)\nreturn x\n", id="statements"),
        pytest.param(SPLIT + "x = torch.transpose(x, 1, 2)\nreturn x.view(b, -1, h, w)\n", id="torch.transpose"),
        pytest.param(SPLIT + "y = x.permute(0, 2, 1, 3, 4)\nreturn y.view(-1, c, h, w)\n", id="permute"),
        pytest.param(SPLIT + "y = x.permute((0, 2, 1, 3, 4))\nreturn y.view((b, c, h, w))\n", id="tuples"),
        pytest.param(SPLIT + "return x.swapaxes(2, 1).view(b, c, h, w)\n", id="swapaxes"),
        pytest.param(
            SPLIT + "with torch.no_grad():\n    y = x\n    return f(x.transpose(1, 2).view(b, c, h, w))\n", id="nested"
        ),
        pytest.param(
            "y = x.reshape(b, g, c // g, h, w)\ny = y.transpose(1, 2)\nz = y.view(b, c, h, w)\n", id="reshape"
        ),
    ],
)
def test_merge_that_no_view_can_show(body: str) -> None:
    values = only(shuffle(body), "view_chain").values
    assert values == {
        "function": "mix",
        "split_rank": 5,
        "merged_rank": 4,
        "swaps_group_axes": True,
        "swaps": True,
        "contiguous": False,
    }


def test_sequences_have_one_axis_less() -> None:
    code = "class ChannelMix:\n    def forward(self, x):\n        "
    code += "return x.view(b, g, -1, t).transpose(1, 2).view(b, -1, t)\n"
    values = only(code, "view_chain").values
    assert (values["function"], values["split_rank"], values["contiguous"]) == ("ChannelMix.forward", 4, False)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(SPLIT + "return x.transpose(1, 2).contiguous().view(b, c, h, w)\n", id="contiguous"),
        pytest.param(SPLIT + "x = x.transpose(1, 2)\nx = x.contiguous()\nreturn x.view(b, c, h, w)\n", id="later"),
    ],
)
def test_contiguous_in_between(body: str) -> None:
    assert only(shuffle(body, "channel_shuffle"), "view_chain").values["contiguous"] is True


def test_reshape_copies_where_it_must() -> None:
    body = SPLIT + "return x.transpose(1, 2).reshape(b, c, h, w)\n"
    assert only(shuffle(body, "channel_shuffle"), "view_chain").values["contiguous"] is True


def test_merging_later_axes_is_a_legal_view() -> None:
    body = SPLIT + "x = x.transpose(1, 2)\nreturn x.view(b, c // g, g, h * w)\n"
    assert only(shuffle(body), "view_chain").values["swaps_group_axes"] is False


def test_swapping_back_is_no_swap() -> None:
    body = SPLIT + "return x.transpose(1, 2).transpose(1, 2).view(b, c, h, w)\n"
    values = only(shuffle(body, "channel_shuffle"), "view_chain").values
    assert (values["swaps"], values["contiguous"]) == (False, True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("t = f(x)\nreturn t.transpose(1, 2).view(b, c, h, w)\n", id="token map: splitting is legal"),
        pytest.param(SPLIT + "x = norm(x)\nreturn x.transpose(1, 2).view(b, c, h, w)\n", id="something in between"),
        pytest.param(
            SPLIT + "if p:\n    x = x.mean(1)\nreturn x.transpose(1, 2).view(b, c, h, w)\n", id="a branch may change it"
        ),
        pytest.param(SPLIT + "x += y\nreturn x.transpose(1, 2).view(b, c, h, w)\n", id="changed in place"),
        pytest.param(SPLIT + "return x.transpose(i, j).view(b, 1, 2, w)\n", id="unknown axes"),
        pytest.param("return x.view(*s).transpose(1, 2).view(b, c, h, w)\n", id="unknown rank"),
        pytest.param("return x.view(s).transpose(1, 2).view(b, c, h, w)\n", id="shape held in a name"),
        pytest.param(SPLIT + "return x.transpose(1, 2).view(b, c)\n", id="merges more than two axes"),
        pytest.param(SPLIT + "return x.transpose(1, 2).view(b * c // g, g, h, w)\n", id="merges into the batch"),
        pytest.param(
            "x = x.transpose(1, 2).view(b, n, g, d)\nreturn x.transpose(1, 2).view(b, n, c)\n",
            id="memory order of the input is not known",
        ),
        pytest.param("return x.view(b, g, c // g, h, w).view(b, c, h, w)\n", id="no swap, and not about shuffling"),
    ],
)
def test_nothing_to_say(body: str) -> None:
    assert constructs(shuffle(body), "view_chain") == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return x.view(b, g, c // g, h, w).view(b, -1, h, w)\n", id="forgotten"),
        pytest.param("return x.reshape(b, g, c // g, h, w).reshape(b, c, h, w)\n", id="reshape"),
        pytest.param(SPLIT + "x = x.permute(0, 1, 2, 3, 4).contiguous()\nx = x.view(b, -1, h, w)\n", id="identity"),
    ],
)
def test_shuffle_without_a_swap(body: str) -> None:
    values = only(shuffle(body, "channel_shuffle"), "view_chain").values
    assert (values["swaps"], values["swaps_group_axes"]) == (False, False)


def test_shuffle_class_without_a_swap() -> None:
    code = "class ShuffleBlock(nn.Module):\n    def forward(self, x):\n"
    code += "        return x.view(b, g, c // g, h, w).view(b, c, h, w)\n"
    assert only(code, "view_chain").values["function"] == "ShuffleBlock.forward"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        pytest.param("pixel_shuffle", "return x.view(b, g, c, h, w).view(b, c, h, w)\n", id="pixels"),
        pytest.param("shuffle_data", "return x.view(b, g, c, h, w).view(b, c, h, w)\n", id="training data"),
        pytest.param("channel_shuffle", "x = x.view(b, g, c, h, w)\nreturn x.view(b * g, c, h, w)\n", id="into batch"),
    ],
)
def test_not_a_shuffle_without_a_swap(name: str, body: str) -> None:
    assert constructs(shuffle(body, name), "view_chain") == []


def test_transposed_orientation_mixes_too() -> None:
    body = "return x.view(b, c // g, g, h, w).transpose(1, 2).contiguous().view(b, c, h, w)\n"
    values = only(shuffle(body, "channel_shuffle2"), "view_chain").values
    assert (values["swaps"], values["contiguous"]) == (True, True)


@pytest.mark.parametrize(
    "block",
    ["for i in y:\n", "while y:\n", "try:\n", "if y:\n    pass\nelse:\n", "match y:\n    case 1:\n        pass\n"],
)
def test_inside_blocks(block: str) -> None:
    inner = "return x.view(b, g, c // g, h, w).transpose(1, 2).view(b, c, h, w)\n"
    tail = "finally:\n    pass\n" if block.startswith("try") else ""
    if block.startswith("match"):
        block = "match y:\n    case 1:\n"
        inner = indent(inner, "    ")
    assert len(constructs(shuffle(block + indent(inner, "    ") + tail), "view_chain")) == 1


MERGE = "x.transpose(1, 2).view(b, c, h, w)"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(f"return {MERGE} if g == 1 else x\n", id="conditional expression"),
        pytest.param(f"return g > 1 and x or {MERGE}\n", id="operators"),
        pytest.param(f"if g == 1:\n    return {MERGE}\n", id="one group"),
        pytest.param(f"if g != 1:\n    return x\nelse:\n    return {MERGE}\n", id="else"),
        pytest.param(
            "if g > 1:\n    return x\nreturn x.view(b, g, -1, h, w).transpose(1, 2).view(b, c, h, w)\n", id="left"
        ),
        pytest.param(f"try:\n    return {MERGE}\nexcept RuntimeError:\n    return x\n", id="caught"),
        pytest.param(f"with pytest.raises(RuntimeError):\n    {MERGE}\n", id="expected"),
        pytest.param(f"if y.is_contiguous():\n    return {MERGE}\n", id="memory is tested"),
    ],
)
def test_may_run_for_one_group_only(code: str) -> None:
    assert constructs(shuffle(SPLIT + code), "view_chain") == []


def test_several_groups_are_judged() -> None:
    assert len(constructs(shuffle(SPLIT + f"if g > 1:\n    return {MERGE}\n"), "view_chain")) == 1


@pytest.mark.parametrize(
    "line",
    ["x[:, 0] = y", "x[:, 0] += y", "x.mul_(2)", "x[:, 0].copy_(y)", "fill(x)", "z = torch.add(y, y, out=x)"],
)
def test_what_is_written_to_is_not_known(line: str) -> None:
    assert constructs(shuffle(SPLIT + line + "\nreturn x.view(b, c, h, w)\n"), "view_chain") == []


def test_nested_functions_are_read_on_their_own() -> None:
    body = "def inner(x):\n    return x.view(b, g, c // g, h, w).transpose(1, 2).view(b, c, h, w)\nreturn inner\n"
    assert only(shuffle(body), "view_chain").values["function"] == "mix.inner"
