import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Reg:
    items = []
    @classmethod
    def add(cls, x): cls.items.append(x)
Reg.add(1)
conv = nn.Conv2d(64, 64, 1, groups=4 if Reg.items else 3)
