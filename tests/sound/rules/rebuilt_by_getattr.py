from torch import nn


class Net(nn.Module):
    def __init__(self, kind="a"):
        super().__init__()
        self.stem = nn.Identity()
        getattr(self, f"_make_{kind}")()

    def _make_a(self):
        self.stem = nn.Conv2d(3, 8, 1)


Net()
