import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Meta(type):
    def __init__(cls, n, b, ns):
        super().__init__(n, b, ns)
        setattr(cls, "groups", 4)
class C(metaclass=Meta):
    groups = 3
conv = nn.Conv2d(64, 64, 1, groups=C().groups)
