from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 1)
        self.norm = nn.BatchNorm2d(64)
        self.body = nn.Sequential(nn.Conv2d(64, 64, 1))


def replace(module):
    for name, child in list(module._modules.items()):
        if isinstance(child, nn.Conv2d):
            module._modules[name] = nn.Conv2d(64, 64, 1, groups=4)
        else:
            replace(child)


net = Net()
replace(net)
nn.Conv2d(64, 64, 1, groups=4 if net.conv.groups == 4 else 3)
nn.Conv2d(64, 64, 1, groups=4 if net.body[0].groups == 4 else 3)

without = Net()
del without._modules["norm"]
nn.Conv2d(64, 64, 1, groups=3 if hasattr(without, "norm") else 4)

popped = Net()
popped._modules.pop("norm")
nn.Conv2d(64, 64, 1, groups=3 if hasattr(popped, "norm") else 4)
