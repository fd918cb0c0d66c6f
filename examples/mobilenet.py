"""A MobileNet-like backbone with groups that went missing, or into another argument.

The mistakes are deliberate: see `gconv-lint examples`.
"""

import torch
from torch import nn


class InvertedResidual(nn.Module):
    def __init__(self, in_channels, out_channels, stride, expand_ratio):
        super().__init__()
        hidden = in_channels * expand_ratio
        self.pw_expand = nn.Conv2d(in_channels, hidden, 1, bias=False)
        # The sixth argument of a convolution is its dilation.
        self.spatial = nn.Conv2d(hidden, hidden, 3, stride, 1, hidden, bias=False)
        self.pw_project = nn.Conv2d(hidden, out_channels, 1, bias=False)
        self.use_shortcut = stride == 1 and in_channels == out_channels

    def forward(self, x):
        y = torch.relu(self.pw_expand(x))
        y = self.pw_project(torch.relu(self.spatial(y)))
        return x + y if self.use_shortcut else y


class SeparableHead(nn.Module):
    def __init__(self, channels=64):
        super().__init__()
        # Without groups this is a dense convolution with 64 times the weights.
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.pointwise = nn.Conv2d(channels, 128, 1)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class MobileNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(InvertedResidual(32, 32, 1, 4), InvertedResidual(32, 64, 2, 4))
        self.head = SeparableHead(64)
        self.classifier = nn.Linear(128, num_classes)

    def forward(self, x):
        x = self.blocks(self.stem(x))
        # New random weights for every call, and no optimizer knows them.
        smooth = nn.Conv2d(64, 64, 3, padding=1, groups=64)
        x = self.head(smooth(x))
        return self.classifier(x.mean(dim=(2, 3)))
