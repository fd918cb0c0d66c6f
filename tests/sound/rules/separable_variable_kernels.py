from torch import nn


class SeparableBlur(nn.Module):
    def __init__(self, c, k):
        super().__init__()
        kx, ky = (1, k), (k, 1)
        self.h = nn.Conv2d(c, c, kx, groups=c)
        self.v = nn.Conv2d(c, c, ky, groups=c)

    def forward(self, x):
        return self.v(self.h(x))


SeparableBlur(4, 3)
