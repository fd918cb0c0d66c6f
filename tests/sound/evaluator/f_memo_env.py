import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def g(): return os.environ.get("GG_ZZ")
def make():
    a = g()
    os.environ["GG_ZZ"] = "1"
    return nn.Conv2d(64, 64, 1, groups=3 if g() == a else 4)
make()
