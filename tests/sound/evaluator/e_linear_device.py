import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    l = nn.Linear(4, 8, dtype=torch.float64, device="cpu")
    return [nn.Conv2d(64, 64, 1, groups=4 if v else 3) for v in (getattr(l, "device", None) is None, not hasattr(l, "device"), l.weight.dtype == torch.float64)]
make()
