import abc, copy, collections, contextlib, enum, functools, itertools, math, os, operator, sys, types, typing
from collections import OrderedDict, namedtuple
from dataclasses import dataclass, field
import torch
import torch.nn.functional as F
from torch import nn
def make():
    g = nn.GroupNorm(2, 4)
    l = nn.Linear(4, 8)
    p = nn.PixelShuffle(2)
    return [nn.Conv2d(64, 64, 1, groups=4 if v else 3) for v in (g.num_groups == 2, g.num_channels == 4, l.in_features == 4, l.out_features == 8, l.bias is not None, p.upscale_factor == 2, g.eps == 1e-5, g.affine, g.weight is not None, l.bias.shape == (8,), isinstance(l.bias, nn.Parameter), isinstance(l.bias, torch.Tensor))]
make()
