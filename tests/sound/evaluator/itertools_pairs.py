"""Pairs of neighbouring widths."""

from itertools import chain, pairwise

from torch import nn


def pair(c_in, c_out, groups):
    return (
        nn.Conv2d(c_in, c_out, 1),
        nn.Conv2d(c_out, c_out, 3, groups=min(groups, c_out)),
    )


def body(widths=(16, 32, 64), groups=16):
    return nn.Sequential(*chain.from_iterable(pair(a, b, groups) for a, b in pairwise(widths)))


net = body()
