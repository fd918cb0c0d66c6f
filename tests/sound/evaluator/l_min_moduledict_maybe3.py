import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def f(flag):
    d = nn.ModuleDict({"a": nn.ReLU()})
    if flag: d["b"] = nn.ReLU()
    nn.Conv2d(64, 64, 1, groups=3 if hasattr(d, "b") else 4)
f(os.environ.get("ZZZ"))
