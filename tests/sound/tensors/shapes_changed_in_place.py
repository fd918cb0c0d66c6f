import torch
from torch import nn

t = torch.zeros(2, 3)
t.resize_(4, 4)


def make():
    t = torch.zeros(2, 3)
    t.resize_(4, 4)
    u = torch.zeros(2, 3)
    u.t_()
    v = torch.zeros(2, 3)
    v.unsqueeze_(0)
    nn.Conv2d(64, 64, 1, groups=t.shape[0])
    nn.Conv2d(64, 64, 1, groups=4 if u.shape[0] == 3 else 3)
    return nn.Conv2d(64, 64, 1, groups=4 if v.dim() == 3 else 3)


make()
