import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self, use):
        super().__init__()
        if use: self.extra = 8
        c = 60 if hasattr(self, "extra") else 64
        self.c = nn.Conv2d(c, c, 1, groups=16)
N(os.environ.get("ZZZ"))
