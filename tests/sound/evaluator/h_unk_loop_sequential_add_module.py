import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
n = int(os.environ.get("ZZZ", "2"))
ops = nn.Sequential()
for i in range(n): ops.add_module(f"l{i}", nn.Identity())
nn.Conv2d(64, 64, 1, groups=4 if len(ops) == 2 else 3)
