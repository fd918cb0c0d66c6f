import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
plus = lambda fn: lambda g: fn(g + 1)
@plus
def make(g): return nn.Conv2d(64, 64, 1, groups=g)
make(3)
