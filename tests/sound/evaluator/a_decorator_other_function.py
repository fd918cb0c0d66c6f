import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def real(g): return nn.Conv2d(64, 64, 1, groups=g + 1)
def swap(fn): return real
@swap
def make(g): return nn.Conv2d(64, 64, 1, groups=g)
make(3)
