import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    l = [1, 2]
    return nn.Conv2d(64, 64, 1, groups=4 if l.__contains__(1) else 3)
make()
