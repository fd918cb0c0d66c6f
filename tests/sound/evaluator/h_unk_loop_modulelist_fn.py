import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f(names):
    ops = nn.ModuleList()
    for n in names: ops.append(nn.Identity())
    return nn.Conv2d(64, 64, 1, groups=4 if len(ops) == 2 else 3)
f(os.environ.get("ZZZ", "a b").split())
