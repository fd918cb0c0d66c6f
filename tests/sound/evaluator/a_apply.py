import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    net = nn.Sequential(nn.Conv2d(4, 4, 1))
    convs = []
    net.apply(lambda m: convs.append(m))
    return nn.Conv2d(64, 64, 1, groups=4 if convs else 3)
make()
