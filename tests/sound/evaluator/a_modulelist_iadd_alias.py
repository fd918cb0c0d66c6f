import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        layers = self.layers = nn.ModuleList()
        layers += [nn.Conv2d(4, 4, 1)]
        self.c = nn.Conv2d(64, 64, 1, groups=4 if len(self.layers) == 1 else 3)
Net()
