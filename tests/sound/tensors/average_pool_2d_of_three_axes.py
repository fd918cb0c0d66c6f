import torch
import torch.nn.functional as F
from torch import nn


class G(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(16, 16, 1, groups=4)
        self.b = nn.Conv1d(16, 16, 1, groups=4)

    def forward(self, x):
        y = self.a(x)
        y = F.adaptive_avg_pool2d(y, (16, 8))
        return self.b(F.avg_pool2d(y, (16, 1), 1, (8, 0))[:, :16])


G()(torch.zeros(1, 16, 8))
