import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 16, 1, groups=4)
        self.b = nn.Conv2d(16, 16, 1, groups=4)

    def forward(self, x):
        y = self.a(x)
        z = torch.zeros_like(y)
        for i in range(16):
            z[:, i] = y[:, 15 - i]
        return self.b(y + z)


G()(torch.zeros(1, 16, 4, 4))
