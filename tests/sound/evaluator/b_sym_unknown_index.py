import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make(d, i):
    d[0] = 3
    d[i] = 4
    return nn.Conv2d(64, 64, 1, groups=d[0])
make(collections.deque([1, 2]), int(os.environ.get("N_ZZ", "0")))
