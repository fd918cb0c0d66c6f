import torch
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(16, 16, 1, groups=4)
        self.pad = nn.ZeroPad2d((0, 0, 2, 2))
        self.b = nn.Conv1d(20, 20, 1, groups=4)

    def forward(self, x):
        return self.b(self.pad(self.a(x)))


G()(torch.zeros(1, 16, 8))
