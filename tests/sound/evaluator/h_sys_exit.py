import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make(c):
    if 64 % c:
        print("bad")
        sys.exit(1)
    return nn.Conv2d(64, 64, 1, groups=c)
make(4)
try: make(3)
except SystemExit: pass
