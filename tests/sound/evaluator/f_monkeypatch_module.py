import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import sys as _s
G = 3
def make(): return nn.Conv2d(64, 64, 1, groups=G)
setattr(_s.modules[__name__], "G", 4) if __name__ in _s.modules and _s.modules[__name__].__dict__ is globals() else globals().__setitem__("G", 4)
make()
