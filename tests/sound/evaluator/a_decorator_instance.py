import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Plus:
    def __call__(self, fn):
        return lambda g: fn(g + 1)
plus = Plus()
@plus
def make(g): return nn.Conv2d(64, 64, 1, groups=g)
make(3)
