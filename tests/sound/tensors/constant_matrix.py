import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv1d(64, 64, 1, groups=2)
        self.b = nn.Conv1d(64, 64, 1, groups=2)

    def forward(self, x):
        y = torch.ones(64, 64) @ self.a(x)
        return self.b(y)


net = Net()
net(torch.zeros(2, 64, 8))
