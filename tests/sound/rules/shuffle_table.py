from torch import nn


def build(g=1):
    table = {1: nn.ChannelShuffle(1), 2: nn.ChannelShuffle(2)}
    return table[g]
