from torch import nn


class Net(nn.Module):
    def forward(self, x):
        try:
            return self.conv(x)
        except AttributeError:
            self.conv = nn.Conv2d(x.shape[1], 8, 1)
            return self.conv(x)
