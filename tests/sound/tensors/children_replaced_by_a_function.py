from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(64, 64, 1, groups=2)
        self.b = nn.Conv2d(64, 64, 1, groups=2)
        self.p = nn.Conv2d(64, 64, 1)

    def forward(self, x):
        return self.b(self.a(x))


def fix(net):
    for name, _ in net.named_children():
        if name == "a":
            setattr(net, name, nn.Conv2d(64, 64, 1))
    return net


fix(Net())
