import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class C(types.SimpleNamespace):
    groups = 3
    def __init__(self, **kw):
        super().__init__(**kw)
conv = nn.Conv2d(64, 64, 1, groups=C(groups=4).groups)
