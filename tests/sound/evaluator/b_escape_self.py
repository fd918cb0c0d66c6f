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
        extlib.four(self)
        self.c = nn.Conv2d(64, 64, 1, groups=self.g)
Net()
