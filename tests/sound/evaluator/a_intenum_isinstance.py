import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class G(enum.IntEnum):
    A = 4
conv = nn.Conv2d(64, 64, 1, groups=4 if isinstance(G.A, G) else 3)
