import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)
        self.p = nn.Conv2d(64, 1, 1)
        self.w = nn.Parameter(torch.ones(1, 64, 1, 1))

    def forward(self, x):
        y = self.p(self.a(x)) * self.w
        return self.b(y)


net = Net()
net(torch.zeros(2, 64, 8, 8))
