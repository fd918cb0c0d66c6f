import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def wrap(cls):
    class W(cls):
        groups = 4
    return W
@wrap
class Net(nn.Module):
    groups = 3
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(64, 64, 1, groups=self.groups)
Net()
