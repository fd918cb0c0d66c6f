import torch
from torch import nn
import torch.nn.functional as F
from a import *
from b import *
conv = nn.Conv2d(64, 64, 1, groups=G)
