import torch
import torch.nn.functional as F
from torch import nn


class Heads(nn.Module):
    "Independent class-specific heads, computed in one grouped conv."

    def __init__(self, n=4):
        super().__init__()
        self.a = nn.Conv2d(n * 8, n * 8, 3, padding=1, groups=n)
        self.b = nn.Conv2d(n * 8, n, 1, groups=n)

    def forward(self, x):
        return self.b(F.relu(self.a(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 1)
        self.heads = Heads()

    def forward(self, x):
        return self.heads(self.stem(x))


Net()(torch.zeros(1, 3, 4, 4))
