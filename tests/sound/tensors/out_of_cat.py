import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)

    @torch.no_grad()
    def forward(self, x):
        y = self.a(x)
        z = y.clone()
        torch.cat([y[:, 32:], y[:, :32]], 1, out=z)
        y = y + z
        return self.b(y)


Net()(torch.zeros(1, 64, 8, 8))
