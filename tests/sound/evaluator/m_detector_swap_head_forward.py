import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__(); self.features = nn.Sequential(nn.Conv2d(16, 32, 3, groups=4), nn.ReLU(), nn.Conv2d(32, 64, 3, groups=4))
    def forward(self, x): return self.features(x)
net = Net()
net.features[-1] = nn.Conv2d(32, 48, 1)
net.features.append(nn.Conv2d(48, 8, 1, groups=4))
net(torch.zeros(1, 16, 8, 8))
