from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 1)
        self.conv.width = 3


def widen(module):
    if hasattr(module, "width"):
        module.width = 4


net = Net()
net.apply(widen)
nn.Conv2d(64, 64, 1, groups=net.conv.width)

tagged = Net()
tagged.apply(lambda module: setattr(module, "width", 4))
nn.Conv2d(64, 64, 1, groups=tagged.conv.width)
