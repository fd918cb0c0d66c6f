from torch import nn


class B(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.pointwise_scale = nn.Conv2d(c, c, 1, groups=c)
        self.pw_gain = nn.Conv2d(c, c, 1, groups=c)
        self.point = nn.Conv2d(c, c, 1)


B(8)
