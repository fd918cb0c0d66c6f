import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, prefix):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module("a", nn.Conv2d(16, 64, 3, groups=4))
        self.features.add_module(prefix + "mix", nn.Conv2d(64, 128, 1))
        self.features.add_module("b", nn.Conv2d(128, 64, 3, groups=4))
    def forward(self, x): return self.features(x)
N(os.environ.get("ZZZ", "x"))(torch.zeros(1, 16, 8, 8))
