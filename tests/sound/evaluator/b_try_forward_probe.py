import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    m = nn.Conv2d(4, 4, 1)
    try:
        m(torch.zeros(1, 5, 8, 8))
        ok = True
    except RuntimeError:
        ok = False
    return nn.Conv2d(64, 64, 1, groups=3 if ok else 4)
make()
