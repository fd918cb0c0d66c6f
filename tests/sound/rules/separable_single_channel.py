from torch import nn


class SeparableConvGray(nn.Module):
    def __init__(self):
        super().__init__()
        c = 1
        self.dw = nn.Conv2d(c, c, 3, groups=c)

    def forward(self, x):
        return self.dw(x)
