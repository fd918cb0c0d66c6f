import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Seq(nn.Sequential):
    def __init__(self, prefix, i, o):
        super().__init__()
        self.add_module(prefix + "conv", nn.Conv2d(i, o, 1))
        self.add_module("act", nn.ReLU())
m = nn.Sequential(nn.Conv2d(16, 16, 3, groups=4), Seq(os.environ.get("ZZZ", "p"), 16, 32), nn.Conv2d(32, 16, 3, groups=4))
m(torch.zeros(1, 16, 8, 8))
