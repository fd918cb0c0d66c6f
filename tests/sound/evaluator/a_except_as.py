import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
e = 3
def make():
    try:
        raise ValueError(4)
    except ValueError as e:
        return nn.Conv2d(64, 64, 1, groups=e.args[0] if e != 3 else 3)
make()
