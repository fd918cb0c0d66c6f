import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)
        self.q = nn.Conv2d(32, 32, 1)

    def forward(self, x):
        y = self.a(x).clone()
        a = y[:, :32]
        a.add_(self.q(a))
        b = y[:, 32:]
        b.add_(a)
        return self.b(y)


net = Net()
net(torch.zeros(2, 64, 8, 8))
