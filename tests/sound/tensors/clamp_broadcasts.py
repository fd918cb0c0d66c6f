import torch
import torch.nn.functional as F


def f():
    x = torch.clamp(torch.zeros(1, 1, 4, 4), min=torch.ones(1, 4, 1, 1))
    return F.conv2d(x, torch.zeros(8, 4, 1, 1))


f()
