"""``channel_flatten``, ``transposed_call`` and ``data_dependent_groups``: single calls."""

from __future__ import annotations

import pytest
from constructs_support import constructs, only


@pytest.mark.parametrize(
    "call",
    [
        "out.view(out.size(1), -1)",
        "out.reshape(out.size(1), -1)",
        "out.view(out.shape[1], -1)",
        "out.view(out.size()[1], -1)",
        "out.view((out.size(1), -1))",
        "torch.reshape(out, (out.shape[1], -1))",
        "out.view(\n    out.size( 1 ),\n    -1,\n)",
    ],
)
def test_channel_flatten(call: str) -> None:
    assert only(f"matrix = torch.corrcoef({call})\n", "channel_flatten").values == {"receiver": "out", "batched": True}


def test_channel_flatten_of_an_attribute() -> None:
    assert only("y = self.out.view(self.out.size(1), -1)\n", "channel_flatten").values == {"receiver": "self.out"}


FLATTEN = "    return x.view(x.size(1), -1)\n"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def f(x):\n" + FLATTEN, id="given"),
        pytest.param("def f(model, y):\n    x = model(y)\n" + FLATTEN, id="what a model returns"),
        pytest.param("def f(y):\n    x = F.relu(self.conv(y)).detach()\n" + FLATTEN, id="activated"),
        pytest.param("def f(x):\n" + FLATTEN + "\nf(batch)\n", id="called with a name"),
    ],
)
def test_batches(code: str) -> None:
    assert only(code, "channel_flatten").values["batched"] is True


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def f(y):\n    x = y.unsqueeze(0)\n" + FLATTEN, id="one image"),
        pytest.param("def f(y):\n    x = y[None]\n" + FLATTEN, id="one image by index"),
        pytest.param("def f(model, y):\n    x = model(y.unsqueeze(0))\n" + FLATTEN, id="through a model"),
        pytest.param("def f(y):\n    x = y.mean(0, keepdim=True)\n" + FLATTEN, id="mean"),
        pytest.param("def f():\n    x = torch.zeros(1, 5)\n" + FLATTEN, id="made here"),
        pytest.param("def f(y):\n    y = y.transpose(0, 1)\n    x = y\n" + FLATTEN, id="transposed"),
        pytest.param("def f(y):\n    for x in y.split(1):\n    " + FLATTEN, id="loop"),
        pytest.param("def f(y):\n    _, x = self.rnn(y)\n" + FLATTEN, id="unpacked"),
        pytest.param("def f(x):\n    assert x.shape[0] == 1\n" + FLATTEN, id="asserted"),
        pytest.param("def f(x):\n    if len(x) > 1:\n        raise ValueError\n" + FLATTEN, id="tested"),
        pytest.param("def f(x):\n" + FLATTEN + "\nf(image.unsqueeze(0))\n", id="called with one image"),
    ],
)
def test_what_may_be_no_batch(code: str) -> None:
    assert "batched" not in only(code, "channel_flatten").values


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("x.view(x.size(0), -1)", id="per sample"),
        pytest.param("x.transpose(0, 1).reshape(x.size(1), -1)", id="transposed first"),
        pytest.param("x.view(y.size(1), -1)", id="size of another tensor"),
        pytest.param("x.view(x.size(1), -1, 2)", id="three axes"),
        pytest.param("x.view(x.size(1), n)", id="given number of columns"),
        pytest.param("x.view(-1, x.size(1))", id="channels last"),
        pytest.param("x.expand(x.size(1), -1)", id="expand"),
        pytest.param("x.view(x.stride(1), -1)", id="not a size"),
        pytest.param("view(x.size(1), -1)", id="not a method"),
        pytest.param("x.view(x.size(dim=1), -1)", id="keyword: left alone"),
    ],
)
def test_no_channel_flatten(call: str) -> None:
    assert constructs(f"y = {call}\n", "channel_flatten") == []


def test_functional_transposed_conv_with_the_order_of_conv() -> None:
    call = "F.conv_transpose2d(x, w, b, self.stride, self.padding, self.output_padding, self.dilation, self.groups)"
    assert only(f"y = {call}\n", "transposed_call").values == {
        "function": "F.conv_transpose2d",
        "functional": True,
        "groups_slot_text": "self.dilation",
        "dilation_slot_text": "self.groups",
        "swapped": True,
    }


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("F.conv_transpose2d(x, w, b, 1, 0, 0, self.groups, self.dilation)", id="right order"),
        pytest.param("F.conv_transpose2d(x, w, b, 1, 0, 0, n, m)", id="names that say nothing"),
        pytest.param("nn.ConvTranspose2d(8, 8, 3, 1, 0, 0, groups, True, dilation)", id="right order of the module"),
        pytest.param("nn.ConvTranspose2d(groups, groups, 3, 1)", id="groups as channels"),
        pytest.param("nn.ConvTranspose2d(8, 8, 3, 1, dilation, 0, 1, True, dilation)", id="dilation as padding"),
    ],
)
def test_not_swapped(call: str) -> None:
    assert only(f"y = {call}\n", "transposed_call").values["swapped"] is False


def test_literals_are_not_judged_by_their_place() -> None:
    values = only("y = F.conv_transpose1d(x, w, b, 1, 0, 0, 1, 1)\n", "transposed_call").values
    assert (values["swapped"], values["both_one"]) == (False, True)
    values = only("y = F.conv_transpose1d(x, w, b, 1, 0, 0, 2, 1)\n", "transposed_call").values
    assert (values["swapped"], values["both_one"]) == (False, False)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("nn.ConvTranspose2d(8, 8, 3, 1, 0, groups)", id="groups as output_padding"),
        pytest.param("nn.ConvTranspose2d(8, 8, 3, 1, 0, 0, dilation, groups)", id="the order of conv"),
        pytest.param("nn.ConvTranspose2d(8, 8, 3, 1, 0, dilation)", id="dilation as output_padding"),
        pytest.param("nn.ConvTranspose2d(8, 8, 3, 1, 0, 0, 1, self.num_groups)", id="groups as bias"),
        pytest.param("nn.LazyConvTranspose3d(8, 8, 3, 1, 0, 0, 1, True, cardinality)", id="groups as dilation"),
    ],
)
def test_module_arguments_in_wrong_slots(call: str) -> None:
    values = only(f"y = {call}\n", "transposed_call").values
    assert (values["functional"], values["swapped"]) == (False, True)


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("F.conv_transpose2d(x, w, b, stride=1, dilation=dilation, groups=groups)", id="keywords"),
        pytest.param("F.conv_transpose2d(x, w, b, 1, 0, 0, dilation)", id="too few to be swapped"),
        pytest.param("F.conv_transpose2d(*args, dilation, groups)", id="starred"),
        pytest.param("nn.ConvTranspose2d(8, 8, 3)", id="no slot to miss"),
        pytest.param("F.conv2d(x, w, b, 1, 0, dilation, groups, 1)", id="not transposed"),
        pytest.param("my.conv_transpose2d(x, w, b, 1, 0, 0, dilation, groups)", id="not torch's"),
    ],
)
def test_no_transposed_call(call: str) -> None:
    assert constructs(f"y = {call}\n", "transposed_call") == []


def in_forward(*lines: str) -> str:
    return "class A(nn.Module):\n    def forward(self, x):\n" + "".join(f"        {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["return F.conv2d(x, w, groups=x.shape[0])"], "x.shape[0]"),
        (["b = x.size(0)", "return F.conv2d(x, w, None, 1, 0, 1, b)"], "b"),
        (["B, C, H, W = x.shape", "return F.conv2d(x, w, groups=self.groups * B)"], "self.groups * B"),
        (["b, c = x.size()[:2]", "n = int(b * c)", "return F.conv1d(x, w, groups=n)"], "n"),
        (["[b, c, t] = x.size()", "return F.conv_transpose1d(x, w, groups=b)"], "b"),
    ],
)
def test_groups_from_the_batch_size(lines: list[str], text: str) -> None:
    assert only(in_forward(*lines), "data_dependent_groups").values == {"text": text}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["return F.conv2d(x, w, groups=x.shape[1])"], id="channels"),
        pytest.param(["return F.conv2d(x, w, groups=w.shape[0])"], id="number of filters"),
        pytest.param(["return F.conv2d(x, w, groups=self.weight.size(0))"], id="size of a weight"),
        pytest.param(["return F.conv2d(x, w, groups=self.groups)"], id="attribute"),
        pytest.param(["return F.conv2d(x, w, groups=4)"], id="literal"),
        pytest.param(["return F.conv2d(x, w)"], id="no groups"),
        pytest.param(["_, c, h, w = x.shape", "return F.conv2d(x, w, groups=c)"], id="channels by unpacking"),
        pytest.param(["b, c = f(x)", "return F.conv2d(x, w, groups=b)"], id="not a shape"),
        pytest.param(["h, w = x.shape[-2:]", "return F.conv2d(x, w, groups=h)"], id="end of the shape"),
        pytest.param(["y = self.weight", "return F.conv2d(x, y, groups=y.shape[0])"], id="a weight's local name"),
        pytest.param(
            ["y = self.kernel.flip(0)", "z = y.float()", "n = z.size(0)", "return F.conv2d(x, z, groups=n)"],
            id="what a weight became",
        ),
        pytest.param(["y = g(x.shape[0])", "return F.conv2d(x, w, groups=y)"], id="unknown function"),
    ],
)
def test_groups_from_something_else(lines: list[str]) -> None:
    assert constructs(in_forward(*lines), "data_dependent_groups") == []


def test_script_has_no_batch() -> None:
    assert constructs("y = F.conv2d(x, w, groups=x.shape[0])\n", "data_dependent_groups") == []
