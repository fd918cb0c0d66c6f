import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import extlib
class Base0(nn.Module):
    def width(self): return 3
class Net(extlib.Mixin, Base0):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(64, 64, 1, groups=self.width())
Net()
