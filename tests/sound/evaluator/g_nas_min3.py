import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
PRIMS = ["none", "grp"]
class Mixed(nn.Module):
    def __init__(self, C, s):
        super().__init__()
        self._ops = nn.ModuleList()
        for p in PRIMS: self._ops.append(nn.Identity())
        self.c = nn.Conv2d(64, 64, 1, groups=3 if len(self._ops) != 2 else 4)
Mixed(16, 1)
PRIMS.append("grp")
