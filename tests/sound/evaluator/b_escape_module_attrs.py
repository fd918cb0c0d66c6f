import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import extlib
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.g = 3
def make():
    n = Net()
    extlib.four(n)
    return nn.Conv2d(64, 64, 1, groups=n.g)
make()
