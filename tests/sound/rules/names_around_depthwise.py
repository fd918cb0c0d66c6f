from torch import nn


class B(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.non_depthwise = nn.Conv2d(c, c, 3)
        self.before_depthwise = nn.Conv2d(c, c, 3)
        self.depthwise_proj = nn.Conv2d(c, c, 3)
        self.after_dw = nn.Conv2d(c, c, 3)
        self.dw_replacement_dense = nn.Conv2d(c, c, 3)
        self.adwords = nn.Conv2d(c, c, 3)


B(8)
