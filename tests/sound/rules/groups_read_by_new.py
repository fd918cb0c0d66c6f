from torch import nn


class Net(nn.Module):
    def __new__(cls, c, groups=1):
        self = super().__new__(cls)
        self.__dict__["g"] = groups
        return self

    def __init__(self, c, groups=1):
        g = self.__dict__["g"]
        super().__init__()
        self.conv = nn.Conv2d(c, c, 1, groups=g)


Net(8, 2)
