import torch
from torch import nn
import torch.nn.functional as F
import os
G = 3
exec(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'c.txt')).read())
def make(): return nn.Conv2d(64, 64, 1, groups=G)
make()
