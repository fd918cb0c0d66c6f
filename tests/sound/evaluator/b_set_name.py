import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class F4:
    def __set_name__(self, o, n): o.groups = 4
class C:
    groups = 3
    x = F4()
conv = nn.Conv2d(64, 64, 1, groups=C.groups)
