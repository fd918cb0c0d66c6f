import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class C: pass
def make():
    a, b = C(), C()
    l = [a]
    return nn.Conv2d(64, 64, 1, groups=3 if b in l else 4), nn.Conv2d(64, 64, 1, groups=3 if a == b else 4), nn.Conv2d(64, 64, 1, groups=4 if len({a: 1, b: 2}) == 2 else 3)
make()
