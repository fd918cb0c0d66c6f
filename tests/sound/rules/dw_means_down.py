from torch import nn


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.dw = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.dw1 = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.dw_conv = nn.Conv2d(64, 128, 3, stride=2, padding=1)
        self.conv_dw = nn.Conv2d(64, 64, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(128, 64, 2, 2)
