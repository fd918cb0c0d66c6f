from torch import nn


class SeparableConvDepthwisePart(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.dw = nn.Conv2d(c, c, 3, groups=c)

    def forward(self, x):
        return self.dw(x)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.d = SeparableConvDepthwisePart(c)
        self.p = nn.Conv2d(c, c, 1)

    def forward(self, x):
        return self.p(self.d(x))
