import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f(flag):
    l = nn.Sequential(nn.ReLU())
    if flag: l.append(nn.Conv2d(3, 3, 1))
    for i, m in enumerate(l): nn.Conv2d(64, 64, 1, groups=3 if i == 1 else 4)
f(os.environ.get("ZZZ"))
