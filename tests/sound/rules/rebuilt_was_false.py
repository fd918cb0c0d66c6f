from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = False

    def build(self, n):
        self.head = nn.Conv2d(8, n, 1)

    def forward(self, x):
        return self.head(x) if self.head else x
