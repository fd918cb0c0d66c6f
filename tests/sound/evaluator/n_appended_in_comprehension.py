import os

from torch import nn


def build(names):
    modules, sizes = nn.ModuleList(), []
    [modules.append(nn.Identity()) for _ in names]
    [sizes.append(1) for _ in names]
    nn.Conv2d(64, 64, 1, groups=4 if len(modules) == 2 else 3)
    nn.Conv2d(64, 64, 1, groups=4 if len(sizes) == 2 else 3)
    last = {(count := len(name)) for name in names} and count
    nn.Conv2d(64, 64, 1, groups=4 if last == 1 else 3)


build(os.environ.get("NAMES", "a b").split())
