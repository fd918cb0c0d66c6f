import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(16, 16, 3, groups=4))
        for i in range(n): self.layers.add_module(f"mix{i}", nn.Conv2d(16, 16, 1))
        self.out = nn.Conv2d(16, 16, 3, groups=4)
    def forward(self, x): return self.out(self.layers(x))
N(int(os.environ.get("ZZZ", "2")))(torch.zeros(1, 16, 8, 8))
