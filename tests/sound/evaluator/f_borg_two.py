import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class S:
    _state = {}
    def __init__(self): self.__dict__ = self._state
def make():
    a = S(); a.g = 3
    b = S(); b.g = 4
    return nn.Conv2d(64, 64, 1, groups=a.g)
make()
