import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def fails(f):
    try: f()
    except ValueError: return True
    return False
assert fails(lambda: nn.Conv2d(64, 64, 1, groups=3))
def bad(): return nn.Conv2d(64, 64, 1, groups=3)
assert fails(bad)
