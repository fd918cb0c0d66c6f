"""Which files are worth parsing."""

from __future__ import annotations

import time

import pytest

from gconv_lint.frontends.source.prefilter import may_matter

HEAD = b"import torch.nn as nn\nconv = nn.Conv2d\n"


@pytest.mark.parametrize(
    "line",
    [
        b"nn.Conv2d(8, 8, 3, groups=8)",
        b"nn.Conv2d(8, 8, 3, groups = 8)",
        b"Block(8, group=2)",
        b"nn.Conv2d(8, 8, 3, 1, 1, 1, 8)",
        b"nn.Conv2d(hidden, hidden, 3, 1, 1, hidden, bias=False)",
        b"self.depthwise = conv(8, 8)",
        b"class SeparableConv2d: pass",
        b"x = channel_shuffle(x, 2)",
        b"nn.GroupNorm(32, 48)",
        b"self.dw_conv = nn.Conv1d(64, 128, 5)",
        b"torch.corrcoef(x.view(x.size(1), -1))",
    ],
)
def test_files_that_matter(line: bytes) -> None:
    assert may_matter(HEAD + line + b"\n")


@pytest.mark.parametrize(
    "line", [b"nn.Conv2d(8, 8, 3)", b"nn.Conv2d(8, 8, 3, 1, 1)", b"df.groupby('a')", b"# in groups of two", b""]
)
def test_files_that_do_not(line: bytes) -> None:
    assert not may_matter(HEAD + line + b"\n")


def test_files_without_torch_or_convolutions() -> None:
    assert not may_matter(b"import tensorflow\nDepthwiseConv2D(8)\n")
    assert not may_matter(b"import torch\nfit('depthwise')\n")


def test_few_files_are_read_more_readily() -> None:
    assert may_matter(HEAD, few=True)
    assert may_matter(b"def f(conv):\n    conv.groups = 3\n", few=True)
    assert not may_matter(b"print('hello')\n", few=True)


def test_hostile_bytes_take_no_time() -> None:
    started = time.process_time()
    for data in (
        b"Conv2d(" * 200_000,
        b"Conv2d(" + b"a," * 500_000,
        b"Conv2d(" + b" " * 10**6,
        b"group" * 200_000,
        b"group " * 200_000,
    ):
        may_matter(b"torch onv " + data)
    assert time.process_time() - started < 2
