import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Act(nn.Module):
    pass
def make():
    a, b = Act(), Act()
    return [nn.Conv2d(64, 64, 1, groups=3 if v else 4) for v in (a == b, a in [b], [a] == [b], (a,) == (b,), a is b)]
make()
