import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 16, 1, groups=4)
        self.b = nn.Conv2d(16, 16, 1, groups=4)
        self.register_buffer("state", torch.zeros(1, 16, 4, 4))

    def forward(self, x):
        y = self.a(x)
        self.state.copy_(y.detach().roll(1, 1))
        return self.b(y + self.state)


G()(torch.zeros(1, 16, 4, 4))
