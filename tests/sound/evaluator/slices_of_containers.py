from torch import nn


class Stack(nn.Sequential):
    pass


layers = nn.Sequential(nn.Conv2d(16, 16, 3), nn.ReLU(), nn.Conv2d(16, 100, 1))
for name, module in layers[1:].named_children():
    nn.Conv2d(64, 64, 1, groups=3 if name == "0" else 4)
stack = Stack(nn.Conv2d(16, 16, 3), nn.ReLU())
nn.Conv2d(64, 64, 1, groups=4 if isinstance(stack[:1], Stack) else 3)
listed = nn.ModuleList([nn.ReLU(), nn.ReLU()])
for name, module in listed[1:].named_children():
    nn.Conv2d(64, 64, 1, groups=4 if name == "0" else 3)
