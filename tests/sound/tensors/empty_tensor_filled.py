import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 16, 1, groups=4)
        self.b = nn.Conv2d(16, 16, 1, groups=4)
        self.p = nn.Conv2d(16, 16, 1)

    def forward(self, x):
        y = self.a(x)
        out = torch.empty_like(y)
        out.copy_(self.p(y))
        z = torch.zeros_like(y)
        z[:, :8] = y[:, 8:]
        z[:, 8:] = y[:, :8]
        return self.b(y + out), self.b(y + z)


G()(torch.zeros(1, 16, 4, 4))
