import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class M:
    def __init__(self): self.g = 3
class Cfg:
    def __init__(self): self.model = M()
    def load(self): self.model.g = 4
cfg = Cfg()
cfg.load()
conv = nn.Conv2d(64, 64, 1, groups=cfg.model.g)
