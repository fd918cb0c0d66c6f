import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import extlib
def make():
    out = []
    extlib.call(lambda: out.append(1))
    return nn.Conv2d(64, 64, 1, groups=4 if out else 3)
make()
