import torch
from torch import nn

conv = nn.Conv2d(64, 64, 1, groups=4 if torch.Tensor([2, 3]).shape[0] == 2 else 3)
conv = nn.Conv2d(64, 64, 1, groups=4 if torch.Tensor([4]).dim() == 1 and torch.FloatTensor([4, 4]).shape == (2,) else 3)
