import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 16, 1, groups=4)
        self.b = nn.Conv2d(16, 16, 1, groups=4)
        self.s = torch.zeros(1, 16, 4, 4)

    def forward(self, x):
        y = self.a(x)
        self.s.copy_(y.flip(1))
        return self.b(y + self.s)


G()(torch.zeros(1, 16, 4, 4))
