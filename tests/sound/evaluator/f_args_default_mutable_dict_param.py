import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f(cfg={}):
    cfg.setdefault("g", 3)
    g = cfg["g"]
    cfg["g"] = 4
    return g
def make():
    f()
    return nn.Conv2d(64, 64, 1, groups=f())
make()
