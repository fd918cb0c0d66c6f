import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
conv = nn.Conv2d(64, 64, 1, groups=4 if {"a": 1}.keys() == {"a": 2}.keys() else 3)
conv = nn.Conv2d(64, 64, 1, groups=3 if {"a": 1}.keys() == ["a"] else 4)
conv = nn.Conv2d(64, 64, 1, groups=4 if {"a": 1, "b": 2}.keys() == {"b": 1, "a": 2}.keys() else 3)
conv = nn.Conv2d(64, 64, 1, groups=3 if {"a": 1}.values() == {"a": 1}.values() else 4)
