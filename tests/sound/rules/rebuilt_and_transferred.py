import copy

import torch
from torch import nn


def transfer(src, dst):
    with torch.no_grad():
        for a, b in zip(src.parameters(), dst.parameters()):
            b.copy_(a)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 1)

    def widen(self):
        new = nn.Conv2d(3, 8, 1)
        transfer(self.stem, new)
        self.stem = new

    def widen2(self):
        old, self.stem = self.stem, nn.Conv2d(3, 8, 1)
        transfer(old, self.stem)

    def widen3(self):
        (old := self.stem)
        self.stem = nn.Conv2d(3, 8, 1)
        transfer(old, self.stem)

    def widen4(self):
        old = self._modules["stem"]
        self.stem = nn.Conv2d(3, 8, 1)
        transfer(old, self.stem)

    def widen5(self):
        backup = copy.deepcopy(self.stem)
        self.stem = nn.Conv2d(3, 8, 1)
        transfer(backup, self.stem)
