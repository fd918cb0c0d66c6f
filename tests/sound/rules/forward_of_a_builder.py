from torch import nn


class Plan:
    def forward(self, c):
        return nn.Conv2d(c, c, 1)


conv = Plan().forward(4)
