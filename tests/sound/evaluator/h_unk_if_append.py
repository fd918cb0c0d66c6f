import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
ops = nn.ModuleList([nn.ReLU()])
if os.environ.get("ZZZ") is None: ops.append(nn.ReLU())
nn.Conv2d(64, 64, 1, groups=4 if len(ops) == 2 else 3)
if os.environ.get("ZZZ") is None: ops[0] = nn.GELU()
nn.Conv2d(64, 64, 1, groups=4 if isinstance(ops[0], nn.GELU) else 3)
