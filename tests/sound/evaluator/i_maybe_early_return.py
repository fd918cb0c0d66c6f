import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f(flag):
    l = nn.ModuleList()
    for k in range(3):
        if k == 1 and flag: break
        l.append(nn.ReLU())
    return nn.Conv2d(64, 64, 1, groups=4 if len(l) == 1 else 3)
f(os.environ.get("ZZZ", "1"))
