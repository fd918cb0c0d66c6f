import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import extlib
def make():
    s = nn.Sequential(OrderedDict([("act", extlib.ActLayer()), ("conv", nn.Conv2d(4, 4, 1)), ("c", nn.Conv2d(4, 3, 1))]))
    return nn.Conv2d(64, 64, 1, groups=s[1].out_channels)
make()
