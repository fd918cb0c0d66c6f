from torch import nn


def ones(m):
    nn.init.ones_(m.weight)


class Net(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(4, 4, 1, bias=False)
        k.apply(ones)
        return k(x)


class Net2(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(4, 4, 1, bias=False)
        ones(k)
        return k(x)
