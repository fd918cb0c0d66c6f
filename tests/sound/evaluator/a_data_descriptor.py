import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Clamp:
    def __set_name__(self, o, n): self.n = "_" + n
    def __get__(self, o, t=None): return getattr(o, self.n)
    def __set__(self, o, v): setattr(o, self.n, max(v, 4))
class Net(nn.Module):
    groups = Clamp()
    def __init__(self, g):
        super().__init__()
        self.groups = g
        self.c = nn.Conv2d(64, 64, 1, groups=self.groups)
Net(3)
