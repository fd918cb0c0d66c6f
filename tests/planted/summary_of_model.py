"""A model that is handed to a library: what its layers see is what the class says."""

from outside.training import fit, summary
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 32, 1, groups=4)
        self.b = nn.Conv2d(32, 32, 1, groups=4)  # expect: GC101
        self.c = nn.Conv2d(32, 32, 1, groups=4)
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        x = self.c(self.b(self.a(x)))
        return self.fc(x.mean((2, 3)))


summary(Net(), (1, 16, 8, 8))
net = Net()
fit(net, epochs=3)
