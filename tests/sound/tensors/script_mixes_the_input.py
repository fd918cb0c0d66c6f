import torch
from torch import nn

m = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8))
p = nn.Conv2d(3, 8, 1)
print(m(p(torch.zeros(1, 3, 8, 8))).shape)
