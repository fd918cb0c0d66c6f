import torch
from torch import nn

dw = nn.Conv2d(64, 64, 3, padding=1, groups=64)
x = torch.randn(1, 64, 8, 8)
y = dw(x)
print(y.shape, sum(p.numel() for p in dw.parameters()))
