from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(64, 64, 1, bias=False)
        self.body = nn.Sequential(nn.Conv2d(64, 64, 1), nn.ReLU())
        self.width = 3


stored = Net()
for module in stored.modules():
    if isinstance(module, Net):
        module.width = 4
nn.Conv2d(64, 64, 1, groups=stored.width)

biased = Net()
for module in list(biased.modules()):
    if isinstance(module, nn.Conv2d) and module.bias is None:
        module.bias = nn.Parameter(module.weight.new_zeros(64))
nn.Conv2d(64, 64, 1, groups=4 if biased.conv.bias is not None else 3)

replaced = Net()
for name, module in replaced.named_modules():
    if name == "body":
        module[0] = nn.Conv2d(64, 64, 1, groups=4)
nn.Conv2d(64, 64, 1, groups=4 if replaced.body[0].groups == 4 else 3)

by_name = Net()
for name, child in by_name.named_children():
    if isinstance(child, nn.Conv2d):
        setattr(by_name, name, nn.Conv2d(64, 64, 1, groups=4))
nn.Conv2d(64, 64, 1, groups=4 if by_name.conv.groups == 4 else 3)

collected = Net()
convs = [module for module in collected.modules() if isinstance(module, nn.Conv2d)]
for conv in convs:
    conv.tag = 4
collected.conv.tag + 0
convs[1].groups = 4
nn.Conv2d(64, 64, 1, groups=4 if collected.body[0].groups == 4 else 3)

table = Net()
modules = dict(table.named_modules())
modules["body"].append(nn.ReLU())
nn.Conv2d(64, 64, 1, groups=4 if len(table.body) == 3 else 3)

first = Net()
next(first.children()).groups = 4
nn.Conv2d(64, 64, 1, groups=4 if first.conv.groups == 4 else 3)
