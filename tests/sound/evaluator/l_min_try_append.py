import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
l = nn.ModuleList()
try:
    l.append(nn.ReLU()); open("/nope/zz"); l.append(nn.ReLU())
except OSError: pass
nn.Conv2d(64, 64, 1, groups=4 if len(l) == 1 else 3)
