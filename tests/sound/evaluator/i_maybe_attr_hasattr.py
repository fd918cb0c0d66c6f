import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, flag):
        super().__init__()
        if flag: self.g = 4
        self.c = nn.Conv2d(64, 64, 1, groups=3 if hasattr(self, "g") else 4)
        self.d = nn.Conv2d(64, 64, 1, groups=3 if getattr(self, "g", None) is not None else 4)
N(os.environ.get("ZZZ"))
