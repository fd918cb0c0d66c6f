import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make(cands):
    for g in (3, 4):
        try:
            if cands % g: raise ValueError
            break
        except ValueError:
            continue
    return nn.Conv2d(64, 64, 1, groups=g)
make(64 if os.environ.get("N_ZZ") is None else 128)
