import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f():
    n = nn.ModuleList([nn.ReLU(), nn.ReLU()]); n[-1] = nn.GELU()
    nn.Conv2d(64, 64, 1, groups=4 if len(n) == 2 else 3)
    nn.Conv2d(64, 64, 1, groups=4 if isinstance(n[1], nn.GELU) else 3)
    for i, m in enumerate(n): nn.Conv2d(64, 64, 1, groups=4 if i < 2 else 3)
f()
