import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Rep(nn.Module):
    def __init__(self, c):
        super().__init__(); self.dense = nn.Conv2d(c, c, 3, padding=1, groups=4); self.one = nn.Conv2d(c, c, 1, groups=4)
    def switch(self):
        for n in ("dense", "one"): self.__delattr__(n)
        self.rep = nn.Conv2d(64, 64, 1)
    def forward(self, x):
        if hasattr(self, "rep"): return self.rep(x)
        return self.dense(x) + self.one(x)
r = Rep(64); r.switch(); r(torch.zeros(1, 64, 4, 4)); nn.Conv2d(64, 64, 1, groups=3 if hasattr(r, "dense") else 4)
