import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Plus:
    def __init__(self, fn): self.fn = fn
    def __call__(self, g): return self.fn(g + 1)
def plus(fn):
    w = Plus(fn)
    return w
@plus
def make(g): return nn.Conv2d(64, 64, 1, groups=g)
make(3)
