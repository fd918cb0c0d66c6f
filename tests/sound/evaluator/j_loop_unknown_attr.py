import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class C: pass
def f(names):
    c = C()
    for n in names: c.g = 3
    return nn.Conv2d(64, 64, 1, groups=3 if hasattr(c, "g") else 4)
f(os.environ.get("ZZZ", "").split())
