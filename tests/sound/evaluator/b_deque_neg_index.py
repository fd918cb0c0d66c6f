import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    d = collections.deque([3])
    d[0] = 3
    d[-1] = 4
    return nn.Conv2d(64, 64, 1, groups=d[0])
make()
