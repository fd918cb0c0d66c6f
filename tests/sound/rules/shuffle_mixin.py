from torch import nn


class ShuffleMixin:
    def channel_shuffle(self, x, g):
        b, c, h, w = x.shape
        return x.view(b, g, c // g, h, w).transpose(1, 2).reshape(b, c, h, w)


class Grouped(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(8, 8, 1, groups=2)
