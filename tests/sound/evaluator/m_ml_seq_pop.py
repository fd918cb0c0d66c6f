import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
m = nn.Sequential(nn.ReLU(), nn.ReLU())
m.pop(0)
nn.Conv2d(64, 64, 1, groups=4 if len(m) == 1 else 3)
