import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Meta(type):
    @property
    def groups(cls): return 4
class C(metaclass=Meta):
    groups = 3
conv = nn.Conv2d(64, 64, 1, groups=C.groups)
