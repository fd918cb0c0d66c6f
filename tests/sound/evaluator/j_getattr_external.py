import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
nn.Conv2d(64, 64, 1, groups=3 if getattr(nn, "HardTanh", None) is not None else 4)
nn.Conv2d(64, 64, 1, groups=3 if getattr(torch.nn, "SwiGLU", False) else 4)
nn.Conv2d(64, 64, 1, groups=3 if callable(getattr(nn, "SwiGLU", None)) else 4)
nn.Conv2d(64, 64, 1, groups=3 if callable(getattr(F, "swish", None)) else 4)
ACT = {"relu": nn.ReLU, "swish": getattr(nn, "Swish", nn.SiLU)}
nn.Conv2d(64, 64, 1, groups=4 if ACT["swish"] is nn.SiLU else 3)
nn.Conv2d(64, 64, 1, groups=4 if ACT["swish"] == nn.SiLU else 3)
nn.Conv2d(64, 64, 1, groups={nn.SiLU: 4}.get(ACT["swish"], 3))
nn.Conv2d(64, 64, 1, groups=3 if torch.has_cuda else 4)
