import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)
        self.p = nn.Conv2d(64, 64, 1)

    def forward(self, x):
        y = self.a(x)
        m = self.p(x).mean((0, 2, 3))
        y = F.conv2d(y, torch.ones(64, 1, 1, 1), bias=m, groups=64)
        return self.b(y)


torch.set_grad_enabled(False)
Net()(torch.zeros(2, 64, 8, 8))
