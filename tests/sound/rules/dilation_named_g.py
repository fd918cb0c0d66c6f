from torch import nn


def aspp(c):
    return [nn.Conv2d(c, c, 3, 1, g, g) for g in (1, 2, 4)]


aspp(8)
