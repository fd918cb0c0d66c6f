import functools
import os

from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 1)
        self.body = nn.Sequential(nn.Conv2d(64, 64, 1), nn.ReLU())


def grouped():
    return nn.Conv2d(64, 64, 1, groups=4)


def set_module(model, name, new):
    *parents, child = name.split(".")
    setattr(model.get_submodule(".".join(parents)), child, new)


def set_by_steps(model, name, new):
    owner = model
    for part in name.split(".")[:-1]:
        owner = getattr(owner, part)
    setattr(owner, name.split(".")[-1], new)


def reach(owner, path):
    return functools.reduce(getattr, [owner] + path.split("."))


for path in os.environ.get("PARTS", "body.0").split():
    net = Net()
    set_module(net, path, grouped())
    nn.Conv2d(64, 64, 1, groups=4 if net.body[0].groups == 4 else 3)
    steps = Net()
    set_by_steps(steps, path, grouped())
    nn.Conv2d(64, 64, 1, groups=4 if steps.body[0].groups == 4 else 3)
    reached = Net()
    reach(reached, path).groups = 4
    nn.Conv2d(64, 64, 1, groups=4 if reached.body[0].groups == 4 else 3)

known = Net()
set_module(known, "conv", grouped())
set_module(known, "body.0", grouped())
nn.Conv2d(64, 64, 1, groups=4 if known.conv.groups == 4 else 3)
nn.Conv2d(64, 64, 1, groups=4 if known.body[0].groups == 4 else 3)

replaced = Net()
replaced.set_submodule("body.0", grouped())
replaced.set_submodule("conv", grouped())
nn.Conv2d(64, 64, 1, groups=4 if replaced.body[0].groups == 4 else 3)
nn.Conv2d(64, 64, 1, groups=4 if replaced.conv.groups == 4 else 3)
