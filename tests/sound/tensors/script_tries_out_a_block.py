import torch
import torch.nn.functional as F
from torch import nn


class DepthwiseBlock(nn.Module):
    "One half of a separable convolution; users add the pointwise one."

    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1, groups=c)
        self.bn = nn.BatchNorm2d(c)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


if __name__ == "__main__":
    b = DepthwiseBlock(16)
    print(b(torch.randn(2, 16, 8, 8)).shape)
