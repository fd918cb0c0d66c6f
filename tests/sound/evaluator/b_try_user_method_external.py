import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import extlib
def make():
    m = extlib.Mixin()
    try:
        m.zzz
        ok = True
    except Exception:
        ok = False
    return nn.Conv2d(64, 64, 1, groups=3 if ok else 4)
make()
