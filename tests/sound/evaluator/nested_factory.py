"""A dataclass in a dataclass."""

from dataclasses import dataclass, field

from torch import nn


@dataclass
class StageConfig:
    width: int = 60
    groups: int = 6


@dataclass
class ModelConfig:
    stage: StageConfig = field(default_factory=StageConfig)
    depth: int = 2


class Stage(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.conv = nn.Conv2d(cfg.width, cfg.width, 3, groups=cfg.groups)
        self.mix = nn.Conv2d(cfg.width, cfg.width, 1)


def build(cfg):
    return nn.ModuleList([Stage(cfg.stage) for _ in range(cfg.depth)])


net = build(ModelConfig())
