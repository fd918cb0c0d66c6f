import torch
from torch import nn
import torch.nn.functional as F
import p
from r import reg
def make(): return nn.Conv2d(64, 64, 1, groups=4 if 'a' in reg.d else 3)
make()
conv = nn.Conv2d(64, 64, 1, groups=4 if len(reg.d) else 3)
