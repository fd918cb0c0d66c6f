import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    net = nn.Sequential(nn.Conv2d(4, 4, 1))
    n = [0]
    def count(m):
        n[0] += 1
    net.apply(count)
    return nn.Conv2d(64, 64, 1, groups=4 if n[0] == 2 else 3)
make()
