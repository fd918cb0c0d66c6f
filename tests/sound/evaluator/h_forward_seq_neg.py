import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
m = nn.Sequential(nn.Conv2d(16, 16, 3, groups=4), nn.ReLU(), nn.Identity(), nn.Conv2d(16, 16, 3, groups=4))
m[-2] = nn.Conv2d(16, 16, 1)
m(torch.zeros(1, 16, 8, 8))
