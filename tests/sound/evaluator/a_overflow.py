import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    try:
        int(float("inf"))
        g = 3
    except ValueError:
        g = 3
    except OverflowError:
        g = 4
    return nn.Conv2d(64, 64, 1, groups=g)
make()
