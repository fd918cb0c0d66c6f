import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
OPS = {
 "none": lambda C, s: nn.Identity(),
 "sep": lambda C, s: nn.Sequential(nn.Conv2d(C, C, 3, s, 1, groups=C), nn.Conv2d(C, C, 1)),
 "grp": lambda C, s: nn.Conv2d(C, C, 3, s, 1, groups=4),
}
PRIMS = ["none", "sep", "grp"]
class Mixed(nn.Module):
    def __init__(self, C, s):
        super().__init__()
        self._ops = nn.ModuleList()
        for p in PRIMS:
            op = OPS[p](C, s)
            if "pool" in p: op = nn.Sequential(op, nn.BatchNorm2d(C))
            self._ops.append(op)
        self.k = 3 if len(self._ops) != 3 else 4
        self.c = nn.Conv2d(64, 64, 1, groups=self.k)
    def forward(self, x, w): return sum(a * op(x) for a, op in zip(w, self._ops))
Mixed(16, 1)(torch.zeros(1, 16, 4, 4), [1, 1, 1])
PRIMS.append("grp")
Mixed2 = Mixed
nn.Conv2d(64, 64, 1, groups=4 if len(PRIMS) == 4 else 3)
