import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Config:
    def __init__(self): self.groups = 3
cfg = Config()
def load(d):
    for k, v in d.items():
        setattr(cfg, k, v)
def make():
    return nn.Conv2d(64, 64, 1, groups=cfg.groups)
load({"groups": 4})
make()
