"""Texts that regular expressions take apart, as Python does."""

import re

from torch import nn

for spec in ("c32_g4", "g8_c64"):
    channels = int(re.search(r"c(\d+)", spec).group(1))
    groups = int(re.search(r"g(\d+)", spec)[1])
    assert re.fullmatch(r"c\d+_g\d+|g\d+_c\d+", spec)
    nn.Conv2d(channels, channels, 3, groups=groups)
name, depth = re.split(r"x", "12x3")
nn.Conv2d(int(name), 12, 1, groups=int(re.sub(r"\D", "", "g4")))
if re.match(r"[a-f]+", "xyz") is None:
    groups = 2
else:
    groups = 5
nn.Conv2d(4, 4, 1, groups=groups)
nn.Conv2d(len(re.findall(r"\d", "1234")), 4, 1, groups=4)
