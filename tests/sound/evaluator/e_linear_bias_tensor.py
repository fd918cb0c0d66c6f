import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    l = nn.Linear(4, 8, bias=True)
    return [nn.Conv2d(64, 64, 1, groups=4 if v else 3) for v in (l.bias is not True, isinstance(l.bias, torch.Tensor), not isinstance(l.bias, bool), l.bias.numel() == 8)]
make()
