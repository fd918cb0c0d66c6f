import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, bn):
        super().__init__()
        self.l = nn.ModuleList([nn.Conv2d(16, 16, 3, groups=4)])
        if bn: self.l.append(nn.Conv2d(16, 16, 1))
        self.l.append(nn.Conv2d(16, 16, 3, groups=4))
        self.c = nn.Conv2d(64, 64, 1, groups=4 if len(self.l) == 2 else 3)
    def forward(self, x):
        for l in self.l: x = l(x)
        return x
N(os.environ.get("ZZZ"))
