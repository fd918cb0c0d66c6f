import torch
from torch import nn

conv = nn.Conv2d(64, 64, 1, groups=4 if torch.Tensor([7, 7, 7]).shape[0] == 3 else 3)
