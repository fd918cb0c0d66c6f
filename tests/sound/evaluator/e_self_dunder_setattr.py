import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class W(nn.Module):
    def __init__(self):
        super().__init__(); self.g = 3
        self.__setattr__("g", 4)
        self.c = nn.Conv2d(64, 64, 1, groups=self.g)
W()
