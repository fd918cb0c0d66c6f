"""Fields in one text, defaults, and a changed copy."""

import collections

from torch import nn

Cfg = collections.namedtuple("Cfg", "width groups kernel", defaults=(4, 3))


def conv(cfg):
    return nn.Conv2d(cfg.width, cfg.width, cfg.kernel, groups=cfg.groups)


base = Cfg(64)
net = nn.Sequential(conv(base), nn.Conv2d(64, 64, 1), conv(base._replace(groups=8)), nn.Conv2d(64, 64, 1))
