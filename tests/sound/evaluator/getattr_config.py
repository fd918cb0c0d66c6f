"""A configuration object that answers attributes from its table."""

from torch import nn


class Config:
    def __init__(self, table):
        self._table = table

    def __getattr__(self, name):
        value = self._table[name]
        return Config(value) if isinstance(value, dict) else value


def build(cfg):
    c = cfg.model.width
    return nn.Sequential(nn.Conv2d(c, c, 3, groups=cfg.model.groups), nn.Conv2d(c, c, 1))


net = build(Config({"model": {"width": 56, "groups": 14}}))
