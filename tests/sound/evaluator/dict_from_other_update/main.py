import torch
from torch import nn
import torch.nn.functional as F
from c import D
D.update(g=4)
def make(): return nn.Conv2d(64, 64, 1, groups=D['g'])
make()
