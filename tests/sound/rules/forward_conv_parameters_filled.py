import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)
        with torch.no_grad():
            for p in k.parameters():
                p.fill_(1 / 9)
        return k(x)


Net()(torch.zeros(1, 4, 2, 2))
