import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
import time
def now(): return time.perf_counter_ns()
def make():
    a = now(); time.sleep(0.001)
    return nn.Conv2d(64, 64, 1, groups=3 if now() == a else 4)
make()
