import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
        delattr(self, "fc"); 
        self.d = nn.Conv2d(64, 64, 1, groups=3 if hasattr(self, "fc") else 4)
        self.g = 4
        self.__delattr__("g")
        self.e = nn.Conv2d(64, 64, 1, groups=3 if hasattr(self, "g") else 4)
N()
