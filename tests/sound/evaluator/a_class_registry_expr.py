import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Reg:
    table = {"g": 3}
    @classmethod
    def put(cls, k, v): cls.table[k] = v
Reg.put("g", 4)
conv = nn.Conv2d(64, 64, 1, groups=Reg.table["g"])
