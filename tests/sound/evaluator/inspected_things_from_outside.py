import inspect
from collections import OrderedDict

import torch.nn.functional as F
from torch import nn


def width(activation):
    return 4 if inspect.isfunction(activation) else 3


nn.Conv2d(64, 64, 1, groups=4 if inspect.isclass(dict) else 3)
nn.Conv2d(64, 64, 1, groups=4 if inspect.isclass(OrderedDict) else 3)
nn.Conv2d(64, 64, 1, groups=width(F.relu))
