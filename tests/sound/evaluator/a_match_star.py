import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
w = 3
def make(v):
    match v:
        case [h, *w]: return nn.Conv2d(64, 64, 1, groups=w[0])
        case int() as w: return nn.Conv2d(64, 64, 1, groups=w)
make([1, 4]); make(4)
