import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def plus(n, fn):
    def inner(g): return fn(g + n)
    return inner
@functools.partial(plus, 1)
def make(g): return nn.Conv2d(64, 64, 1, groups=g)
make(3)
