"""Stages in named tuples."""

from collections import namedtuple

from torch import nn

StageCfg = namedtuple("StageCfg", ["width", "groups", "depth"])
STAGES = (StageCfg(32, 4, 1), StageCfg(width=64, groups=16, depth=2))


class Net(nn.Module):
    def __init__(self, stages=STAGES):
        super().__init__()
        layers, channels = [], 3
        for stage in stages:
            layers.append(nn.Conv2d(channels, stage.width, 1))
            for _ in range(stage.depth):
                grouped = nn.Conv2d(stage.width, stage.width, 3, padding=1, groups=stage.groups)
                layers += [grouped, nn.Conv2d(stage.width, stage.width, 1)]
            channels = stage.width
        self.layers = nn.Sequential(*layers)


net = Net()
