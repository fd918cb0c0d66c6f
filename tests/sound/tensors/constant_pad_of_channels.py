import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 16, 1, groups=4)
        self.pad = nn.ConstantPad3d((0, 0, 0, 0, 2, 2), 0.0)
        self.b = nn.Conv2d(20, 20, 1, groups=4)

    def forward(self, x):
        return self.b(self.pad(self.a(x)))


G()(torch.zeros(1, 16, 8, 8))
