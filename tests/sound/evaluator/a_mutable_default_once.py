import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def uid(acc=[]):
    acc.append(0)
    return len(acc)
def make():
    uid()
    return nn.Conv2d(64, 64, 1, groups=4 if uid() != 1 else 3)
make()
