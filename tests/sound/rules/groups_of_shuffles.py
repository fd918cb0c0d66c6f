from torch import nn


def retune(net):
    for m in net.modules():
        if isinstance(m, nn.ChannelShuffle):
            m.groups = 4
