import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
from dataclasses import InitVar
@dataclass
class Cfg:
    c: int = 64
    g: InitVar[int] = 4
    def __post_init__(self, g=3):
        self.groups = g
cfg = Cfg()
conv = nn.Conv2d(64, 64, 1, groups=cfg.groups)
