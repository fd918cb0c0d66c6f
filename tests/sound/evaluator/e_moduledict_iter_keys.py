import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    m = nn.ModuleDict({"a": nn.Conv2d(4, 8, 1)})
    return [nn.Conv2d(64, 64, 1, groups=4 if isinstance(k, str) else 3) for k in m]
make()
