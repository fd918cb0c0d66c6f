import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make(k):
    try:
        a, b = k
        g = 3
    except ValueError:
        g = 4
    return nn.Conv2d(64, 64, 1, groups=g)
make(os.environ.get("N_ZZ", "xxx"))
