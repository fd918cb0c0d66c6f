import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    r = nn.ReLU()
    s = nn.Sequential(r, nn.Conv2d(4, 4, 1), r)
    return [nn.Conv2d(64, 64, 1, groups=4 if v else 3) for v in (len(s) == 3, len(list(s.children())) == 2)]
make()
