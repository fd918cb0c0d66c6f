from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(64, 64, 1), nn.ReLU())


net = Net()
body = net.get_submodule("body")
body[0] = nn.Conv2d(64, 64, 1, groups=4)
nn.Conv2d(64, 64, 1, groups=4 if net.body[0].groups == 4 else 3)
