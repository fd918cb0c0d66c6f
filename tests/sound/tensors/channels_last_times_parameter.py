import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)
        self.m = nn.Parameter(torch.randn(64, 64))

    def forward(self, x):
        y = self.a(x).permute(0, 2, 3, 1)
        y = y @ self.m
        return self.b(y.permute(0, 3, 1, 2))


net = Net()
net(torch.zeros(2, 64, 8, 8))
