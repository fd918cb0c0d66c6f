import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
from unittest import mock
class C: g = 3
def make(): return nn.Conv2d(64, 64, 1, groups=C.g)
with mock.patch.object(C, "g", 4): make()
