from torch import nn


def prune(conv, w):
    conv.groups = 2
    setattr(conv, "weight", nn.Parameter(w))
