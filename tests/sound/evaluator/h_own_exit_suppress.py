import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Expect:
    def __enter__(self): return self
    def __exit__(self, t, v, tb): return t is ValueError
with Expect():
    nn.Conv2d(64, 64, 1, groups=3)
