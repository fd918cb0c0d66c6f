import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
class Unet(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.ups = nn.ModuleList(); self.downs = nn.ModuleList()
        for i in range(n): self.downs.append(nn.Conv2d(4, 4, 1))
        for i in range(len(self.downs)):
            c = 64 // 2 ** (i + 4)
            self.ups.append(nn.Conv2d(64, 64, 1, groups=4 if i < n else 3))
        self.last = nn.Conv2d(16 * len(self.downs), 32, 1, groups=32 if len(self.downs) == 2 else 1)
        self.mix = nn.Conv2d(16 * len(self.downs), 32, 1, groups=32)
Unet(int(os.environ.get("ZZZ", "2")))
