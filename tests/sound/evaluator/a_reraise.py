import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    try:
        try:
            int("x")
        except ValueError:
            raise
    except ValueError:
        g = 4
    except Exception:
        g = 3
    return nn.Conv2d(64, 64, 1, groups=g)
make()
