import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class C:
    def g(self): return 3
def patch(): C.g = lambda self: 4
def make(): return nn.Conv2d(64, 64, 1, groups=C().g())
patch()
make()
