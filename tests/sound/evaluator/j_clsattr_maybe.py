import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class C: pass
if os.environ.get("ZZZ"): C.g = 3
nn.Conv2d(64, 64, 1, groups=3 if hasattr(C, "g") else 4)
