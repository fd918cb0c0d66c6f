import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
f = getattr(torch, "swish", None)
nn.Conv2d(64, 64, 1, groups=4 if f is None else 3)
f = getattr(torch.nn.functional, "swish", None)
nn.Conv2d(64, 64, 1, groups=4 if f is None else 3)
f = getattr(torch.nn.functional, "swish", None) or 4
nn.Conv2d(64, 64, 1, groups=f if f == 4 else 3)
