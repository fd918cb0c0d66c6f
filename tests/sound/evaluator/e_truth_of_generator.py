import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
conv = nn.Conv2d(64, 64, 1, groups=4 if (i for i in []) else 3)
conv = nn.Conv2d(64, 64, 1, groups=4 if map(int, []) else 3)
conv = nn.Conv2d(64, 64, 1, groups=4 if zip([]) else 3)
conv = nn.Conv2d(64, 64, 1, groups=4 if nn.Sequential().children() else 3)
