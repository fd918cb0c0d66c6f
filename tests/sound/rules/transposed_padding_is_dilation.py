from torch import nn


def up(c, dilation):
    return nn.ConvTranspose2d(c, c, 3, 1, dilation, 0, 1, True, dilation)


up(8, 2)
