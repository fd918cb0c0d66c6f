from torch import nn


def prune(conv, w):
    conv.groups = 2
    conv._parameters["weight"] = nn.Parameter(w)
