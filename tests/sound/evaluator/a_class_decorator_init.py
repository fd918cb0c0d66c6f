import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def wrap(cls):
    orig = cls.__init__
    def init(self, g): orig(self, g + 1)
    cls.__init__ = init
    return cls
@wrap
class Net(nn.Module):
    def __init__(self, g):
        super().__init__()
        self.c = nn.Conv2d(64, 64, 1, groups=g)
Net(3)
