import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    l = nn.Linear(8, 8, bias=False)
    return nn.Conv2d(64, 64, 1, groups=3 if l.bias is not None else 4)
make()
