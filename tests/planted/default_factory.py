"""A dataclass whose lists come from factories."""

from dataclasses import dataclass, field

from torch import nn


@dataclass
class Config:
    widths: list = field(default_factory=lambda: [32, 64, 100])
    groups: int = 8


class Net(nn.Module):
    def __init__(self, cfg: Config):
        super().__init__()
        layers = []
        channels = 3
        for width in cfg.widths:
            layers.append(nn.Conv2d(channels, width, 1))
            layers.append(nn.Conv2d(width, width, 3, padding=1, groups=cfg.groups))  # expect: GC002, GC003
            channels = width
        self.body = nn.Sequential(*layers)


net = Net(Config())
