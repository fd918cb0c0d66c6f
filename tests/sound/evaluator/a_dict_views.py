import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    d = {"a": 1}
    k = d.keys(); v = d.values()
    d["b"] = 2
    return nn.Conv2d(64, 64, 1, groups=4 if len(k) == 2 and len(v) == 2 else 3)
make()
