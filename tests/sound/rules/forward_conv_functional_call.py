import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x, w):
        k = nn.Conv2d(4, 4, 1, bias=False, device="meta")
        return torch.func.functional_call(k, {"weight": w}, (x,))
