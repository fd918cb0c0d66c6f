import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
T = {"a": 1}
def make(name):
    try:
        T[name]
        g = 3
    except KeyError:
        g = 4
    return nn.Conv2d(64, 64, 1, groups=g)
make(os.environ.get("N_ZZ", "3"))
