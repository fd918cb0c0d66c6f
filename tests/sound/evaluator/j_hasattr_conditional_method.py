import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, use):
        super().__init__()
        if use: self.embed = nn.Linear(3, 3)
        self.c = nn.Conv2d(64, 64, 1, groups=3 if hasattr(self, "embed") else 4)
        self.d = nn.Conv2d(64, 64, 1, groups=3 if "embed" in self._modules else 4)
        self.e = nn.Conv2d(64, 64, 1, groups=3 if getattr(self, "embed", None) else 4)
        self.f = nn.Conv2d(64, 64, 1, groups=3 if "embed" in dict(self.named_children()) else 4)
        try: self.embed; g = 3
        except AttributeError: g = 4
        self.g = nn.Conv2d(64, 64, 1, groups=g)
N(os.environ.get("ZZZ"))
