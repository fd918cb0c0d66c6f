import torch
from torch import nn
import torch.nn.functional as F
def g(): return 3
from a import *
conv = nn.Conv2d(64, 64, 1, groups=g())
