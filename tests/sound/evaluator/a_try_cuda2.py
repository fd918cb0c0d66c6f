import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
try:
    torch.cuda.get_device_properties(0)
    HAS = True
except (RuntimeError, AssertionError):
    HAS = False
conv = nn.Conv2d(64, 64, 1, groups=3 if HAS else 4)
