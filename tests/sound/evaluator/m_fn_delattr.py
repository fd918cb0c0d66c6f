import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f():
    r = nn.Sequential(OrderedDict(a=nn.ReLU(), b=nn.ReLU()))
    delattr(r, "b")
    nn.Conv2d(64, 64, 1, groups=3 if hasattr(r, "b") else 4); nn.Conv2d(64, 64, 1, groups=4 if len(r) == 1 else 3)
f()
