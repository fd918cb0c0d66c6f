import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Meta(type):
    def __new__(m, n, b, ns):
        if "groups" in ns: ns["groups"] = 4
        return super().__new__(m, n, b, ns)
class C(metaclass=Meta):
    groups = 3
conv = nn.Conv2d(64, 64, 1, groups=C.groups)
