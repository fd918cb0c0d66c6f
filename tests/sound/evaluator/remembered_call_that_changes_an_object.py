"""A call that is known from before may change what was read of its argument since."""

import extlib
from torch import nn


class Level:
    width = 0

    def __setattr__(self, name, value):
        object.__setattr__(self, "width", self.width + value)


def widen(levels):
    extlib.four_in(levels)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        levels = extlib.call(lambda: [Level()])
        widen(levels)
        before = levels[0].width
        widen(levels)
        self.conv = nn.Conv2d(64, 63 if before == levels[0].width else 64, 3, groups=4)


Net()
