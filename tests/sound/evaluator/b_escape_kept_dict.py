import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import extlib
def make():
    c = {}
    w = extlib.Watcher(c)
    c["g"] = 3
    w.update()
    return nn.Conv2d(64, 64, 1, groups=c["g"])
make()
