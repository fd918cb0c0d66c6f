import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Net(nn.Module):
    def _get(self): return self._g
    def _set(self, v): self._g = max(v, 4)
    groups = property(_get, _set)
    def __init__(self, g):
        super().__init__()
        self.groups = g
        self.c = nn.Conv2d(64, 64, 1, groups=self.groups)
Net(3)
