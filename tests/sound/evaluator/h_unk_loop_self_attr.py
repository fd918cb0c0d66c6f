import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, names):
        super().__init__(); self.ops = nn.ModuleList(); self.k = 0; self.l = []; self.d = {}
        for n in names: self.ops.append(nn.Identity()); self.k += 1; self.l.append(1); self.d[n] = 1
        self.c = nn.Conv2d(64, 64, 1, groups=4 if len(self.ops) == 2 else 3)
        self.e = nn.Conv2d(64, 64, 1, groups=4 if self.k == 2 else 3)
        self.f = nn.Conv2d(64, 64, 1, groups=4 if len(self.l) == 2 else 3)
        self.g = nn.Conv2d(64, 64, 1, groups=4 if len(self.d) == 2 else 3)
N(os.environ.get("ZZZ", "a b").split())
