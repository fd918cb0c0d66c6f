import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class B(nn.Module):
    count = 0
    def __init__(self):
        super().__init__()
        self.__class__.count += 1
B()
conv = nn.Conv2d(64, 64, 1, groups=4 if B.count else 3)
