from torch import nn


def prune(conv, w):
    conv.groups = 2
    conv.register_parameter("weight", nn.Parameter(w))
