import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class N(nn.Module):
    def __init__(self): super().__init__(); self.bn = nn.BatchNorm2d(64)
r = N(); delattr(r, "bn"); nn.Conv2d(64, 64, 1, groups=3 if hasattr(r, "bn") else 4)
