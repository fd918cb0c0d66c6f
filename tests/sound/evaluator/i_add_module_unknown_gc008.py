import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, n):
        super().__init__()
        c = 64
        self.features = nn.Sequential(OrderedDict([("conv0", nn.Conv2d(16, 64, 3, groups=4)), ("relu0", nn.ReLU())]))
        for i in range(n):
            self.features.add_module("block%d" % i, nn.Conv2d(c, c * 2, 1)); c *= 2
        self.features.add_module("last", nn.Conv2d(256, 256, 3, groups=4))
    def forward(self, x): return self.features(x)
N(int(os.environ.get("ZZZ", "2")))(torch.zeros(1, 16, 8, 8))
