import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
model = nn.Sequential(OrderedDict(conv=nn.Conv2d(16, 16, 3, groups=4), act=nn.ReLU(), head=nn.Conv2d(16, 100, 1)))
model[2] = nn.Conv2d(16, 10, 1)
conv = nn.Conv2d(64, 64, 1, groups=4 if len(model) == 3 else 3)
conv2 = nn.Conv2d(64, 64, 1, groups=4 if model.head.out_channels == 10 else 3)
