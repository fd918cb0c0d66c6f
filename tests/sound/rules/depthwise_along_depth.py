from torch import nn


class B(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.depthwise = nn.Conv3d(c, c, (3, 1, 1))
        self.spatial = nn.Conv3d(c, c, (1, 3, 3))


B(8)
