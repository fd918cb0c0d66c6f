import os

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.ReLU(), nn.ReLU())


def cut(layers):
    del layers[-1]


shortened = nn.Sequential(nn.ReLU(), nn.ReLU())
del shortened[0]
nn.Conv2d(64, 64, 1, groups=4 if len(shortened) == 1 else 3)
given = nn.Sequential(nn.ReLU(), nn.ReLU())
cut(given)
nn.Conv2d(64, 64, 1, groups=4 if len(given) == 1 else 3)
filled = nn.ModuleList()
[filled.append(nn.Identity()) for _ in os.environ.get("LAYERS", "a b").split()]
nn.Conv2d(64, 64, 1, groups=4 if len(filled) == 2 else 3)
net = Net()
del net.layers[-1]


def make():
    return nn.Conv2d(64, 64, 1, groups=4 if len(net.layers) == 1 else 3)


make()
