import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class W(nn.Module):
    def __init__(self):
        super().__init__(); self.g = 3
        object.__setattr__(self, "g", 4)
        self.c = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        super().__setattr__("g", 4)
        self.d = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        self.__setattr__("g", 4)
        self.e = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        self.__dict__.update(g=4)
        self.f = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        nn.Module.__setattr__(self, "g", 4)
        self.h = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        for k, v in dict(g=4).items(): setattr(self, k, v)
        self.i = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        [setattr(self, k, v) for k, v in {"g": 4}.items()]
        self.j = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        self.__dict__ |= dict(g=4)
        self.k = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        list(map(lambda kv: setattr(self, *kv), [("g", 4)]))
        self.l = nn.Conv2d(64, 64, 1, groups=self.g)
        self.g = 3
        self.__init_subclass__; self.__setstate__({**self.__dict__, "g": 4})
        self.m = nn.Conv2d(64, 64, 1, groups=self.g)
W()
