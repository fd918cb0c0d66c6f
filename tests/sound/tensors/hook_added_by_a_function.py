from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)
        self.p = nn.Conv2d(64, 64, 1)

    def forward(self, x):
        return self.b(self.a(x))


def add(net):
    for m in net.modules():
        if m is net.a:
            m.register_forward_hook(lambda m, i, o: net.p(o))
    return net


add(Net())
