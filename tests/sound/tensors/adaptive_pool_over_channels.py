import torch
import torch.nn.functional as F
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(16, 16, 1, groups=4)
        self.b = nn.Conv1d(4, 4, 1, groups=4)

    def forward(self, x):
        return self.b(F.adaptive_avg_pool2d(self.a(x), (4, 8)))


G()(torch.zeros(1, 16, 8))
