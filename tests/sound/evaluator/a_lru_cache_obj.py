import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class C:
    def __init__(self): self.g = 3
@functools.cache
def cfg():
    return C()
def make():
    cfg().g = 4
    return nn.Conv2d(64, 64, 1, groups=cfg().g)
make()
