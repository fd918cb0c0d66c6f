import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class V:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return False
def make():
    v = V(1)
    return nn.Conv2d(64, 64, 1, groups=3 if v == v else 4), nn.Conv2d(64, 64, 1, groups=4 if v != v else 3)
make()
