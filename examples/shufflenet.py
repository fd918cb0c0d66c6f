"""A ShuffleNet-like classifier whose stages stack grouped convolutions and lose the shuffle between them.

The mistakes are deliberate: see `gconv-lint examples`.
"""

import torch
from torch import nn


def channel_shuffle(x, groups):
    batch, channels, height, width = x.size()
    x = x.view(batch, groups, channels // groups, height, width)
    x = torch.transpose(x, 1, 2)
    # A transposed tensor is not contiguous, so this needs reshape.
    return x.view(batch, channels, height, width)


class ShuffleUnit(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.groups = groups
        self.compress = nn.Conv2d(channels, channels // 4, 1, groups=groups, bias=False)
        self.depthwise = nn.Conv2d(channels // 4, channels // 4, 3, padding=1, groups=channels // 4, bias=False)
        self.expand = nn.Conv2d(channels // 4, channels, 1, groups=groups, bias=False)

    def forward(self, x):
        y = channel_shuffle(torch.relu(self.compress(x)), self.groups)
        return torch.relu(x + self.expand(self.depthwise(y)))


class ShuffleNet(nn.Module):
    def __init__(self, groups=4, num_classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, 240, 3, stride=2, padding=1)
        self.units = nn.Sequential(ShuffleUnit(240, groups), ShuffleUnit(240, groups))
        # Nothing mixes the groups of the first convolution before the second one.
        self.head = nn.Sequential(
            nn.Conv2d(240, 240, 1, groups=8, bias=False),
            nn.BatchNorm2d(240),
            nn.ReLU(inplace=True),
            nn.Conv2d(240, 480, 1, groups=8, bias=False),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
        )
        self.classifier = nn.Linear(480, num_classes)

    def forward(self, x):
        x = self.head(self.units(self.stem(x)))
        return self.classifier(torch.flatten(x, 1))
