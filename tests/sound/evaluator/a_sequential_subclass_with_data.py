import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Cfg:
    n = 1
class B(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(4, 4, 1))
        self.cfg = Cfg()
def make():
    b = B()
    return nn.Conv2d(64, 64, 1, groups=4 if len(b) == 1 else 3)
make()
