from torch import nn


class Guard(nn.Module):
    def forward(self, m, x):
        assert type(m) is type(nn.Conv2d(1, 1, 1))
        return m(x)
