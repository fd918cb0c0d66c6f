import torch
from torch import nn

if __name__ == "__main__":
    net = nn.Conv2d(6, 6, 3, 1, groups=2)
    x = torch.rand(1, 6, 6, 6)
    print(net(x))
