import torch
import torch.nn.functional as F
from torch import nn


class Heads(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.n = n
        self.a = nn.Conv2d(n * 8, n * 8, 3, padding=1, groups=n)
        self.b = nn.Conv2d(n * 8, n, 1, groups=n)

    def forward(self, x):
        x = x.repeat(1, self.n, 1, 1)
        return self.b(F.relu(self.a(x)))


Heads()(torch.zeros(1, 8, 4, 4))
