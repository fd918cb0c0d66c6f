"""Blocks described by texts, which regular expressions take apart."""

import re

from torch import nn

WORD = re.compile(r"([a-z])(\d+)")
SPECS = ["k3_i16_o30_g4", "k5_i30_o64_g4"]


def decode(spec):
    found = {}
    for part in spec.split("_"):
        match = WORD.match(part)
        if match is not None:
            found[match.group(1)] = int(match[2])
    return found


def build():
    layers = []
    for spec in SPECS:
        a = decode(spec)
        layers.append(nn.Conv2d(a["i"], a["i"], a["k"], padding=a["k"] // 2, groups=a["g"]))  # expect: GC002, GC003
        layers.append(nn.Conv2d(a["i"], a["o"], 1))
    return nn.Sequential(*layers)
