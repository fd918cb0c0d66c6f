import torch
from torch import nn
import torch.nn.functional as F
try:
    from . import _C
    HAS = True
except ImportError:
    HAS = False
conv = nn.Conv2d(64, 64, 1, groups=3 if HAS else 4)
