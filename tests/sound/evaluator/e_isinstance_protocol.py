import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
@typing.runtime_checkable
class HasG(typing.Protocol):
    def g(self): ...
class B:
    def g(self): return 1
conv = nn.Conv2d(64, 64, 1, groups=4 if isinstance(B(), HasG) else 3)
