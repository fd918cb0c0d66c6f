from torch import nn


class Grouped(nn.Conv2d):
    pass


class Net(nn.Module):
    width = 3

    def twice(self):
        return 2 * self.width


class Wide(Net):
    width = 4


conv = nn.Conv2d(64, 64, 1)
conv.__class__ = Grouped
nn.Conv2d(64, 64, 1, groups=4 if isinstance(conv, Grouped) else 3)
nn.Conv2d(64, 64, 1, groups=4 if type(conv) is not nn.Conv2d else 3)
nn.Conv2d(64, 64, 1, groups=4 if conv.__class__.__name__ == "Grouped" else 3)

net = Net()
net.__class__ = Wide
nn.Conv2d(64, 64, 1, groups=net.twice())

several = nn.ModuleList([Net()])
for module in several.modules():
    if type(module) is Net:
        module.__class__ = Wide
nn.Conv2d(64, 64, 1, groups=several[0].twice())
