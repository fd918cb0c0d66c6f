import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Four:
    def __get__(self, o, t=None): return 4
class C:
    g = Four()
conv = nn.Conv2d(64, 64, 1, groups=4 if isinstance(C().g, int) else 3)
