import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    a = b = [1]
    a *= 4
    return nn.Conv2d(64, 64, 1, groups=4 if len(b) == 4 else 3)
make()
