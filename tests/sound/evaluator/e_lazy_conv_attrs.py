import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    l = nn.LazyConv2d(8, 1)
    l(torch.zeros(1, 4, 2, 2))
    return [nn.Conv2d(64, 64, 1, groups=4 if v else 3) for v in (l.in_channels == 4, type(l) is nn.Conv2d, isinstance(l, nn.Conv2d))]
make()
