import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class AttrDict(dict):
    g = 3
    def __getattribute__(self, n):
        return self[n] if n in ("g",) else super().__getattribute__(n)
conv = nn.Conv2d(64, 64, 1, groups=AttrDict(g=4).g)
