import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def count(x, acc=[]):
    acc.append(x)
    return len(acc)
def make():
    count(1); count(1); count(1)
    return nn.Conv2d(64, 64, 1, groups=4 if count(1) == 4 else 3)
make()
