from torch import nn


class MyConv(nn.Conv2d):
    def _conv_forward(self, x, w, b):
        return super()._conv_forward(x, w, b).roll(1, 1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = MyConv(64, 64, 1, groups=2)
        self.b = MyConv(64, 64, 1, groups=2)

    def forward(self, x):
        return self.b(self.a(x))


Net()
