import torch
from torch import nn


class Flops(nn.Module):
    def forward(self, x):
        n = sum(p.numel() for p in nn.Conv2d(4, 4, 1).parameters())
        return x * n


Flops()(torch.zeros(1, 4, 2, 2))
