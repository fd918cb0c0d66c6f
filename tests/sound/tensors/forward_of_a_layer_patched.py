from torch import nn


def make():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv2d(64, 64, 1, groups=2)
            self.b = nn.Conv2d(64, 64, 1, groups=2)
            self.p = nn.Conv2d(64, 64, 1)
            orig = self.a.forward
            self.a.forward = lambda x: self.p(orig(x))

        def forward(self, x):
            return self.b(self.a(x))

    return Net()


make()
