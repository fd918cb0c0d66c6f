import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    c = nn.Conv2d(4, 8, [3, 3])
    d = nn.Conv2d(4, 8, kernel_size=3, padding="valid")
    e = nn.Conv1d(4, 8, 3)
    return [nn.Conv2d(64, 64, 1, groups=4 if v else 3) for v in (c.kernel_size == (3, 3), d.padding == "valid", e.kernel_size == (3,), isinstance(c.kernel_size, tuple))]
make()
