"""A small ResNeXt for 64x64 images; the factory at the end chooses a cardinality that does not fit.

The mistakes are deliberate: see `gconv-lint examples`.
"""

import torch
from torch import nn


def conv3x3(in_planes, out_planes, stride=1, groups=1):
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, groups=groups, bias=False)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, in_planes, planes, cardinality, base_width, stride=1):
        super().__init__()
        width = int(planes * (base_width / 64)) * cardinality
        self.conv1 = nn.Conv2d(in_planes, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv3x3(width, width, stride, groups=cardinality)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, planes * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if stride != 1 or in_planes != planes * self.expansion:
            self.shortcut = nn.Conv2d(in_planes, planes * self.expansion, 1, stride, bias=False)

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + self.shortcut(x))


class ResNeXt(nn.Module):
    def __init__(self, layers, cardinality=32, base_width=4, stem_groups=1, num_classes=200):
        super().__init__()
        self.in_planes = 64
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1, bias=False),
            nn.BatchNorm2d(32),
            nn.ReLU(inplace=True),
            conv3x3(32, 64, groups=stem_groups),
        )
        self.layer1 = self._make_layer(64, layers[0], cardinality, base_width, 1)
        self.layer2 = self._make_layer(128, layers[1], cardinality, base_width, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(self.in_planes, num_classes)

    def _make_layer(self, planes, blocks, cardinality, base_width, stride):
        layers = []
        for index in range(blocks):
            layers.append(Bottleneck(self.in_planes, planes, cardinality, base_width, stride if index == 0 else 1))
            self.in_planes = planes * Bottleneck.expansion
        return nn.Sequential(*layers)

    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        return self.fc(torch.flatten(self.pool(x), 1))


def resnext26_32x4d():
    return ResNeXt([4, 4], cardinality=32, base_width=4)


def resnext26_grouped_stem():
    # 32 and 64 channels cannot be split into 12 groups.
    return ResNeXt([4, 4], cardinality=32, base_width=4, stem_groups=12)
