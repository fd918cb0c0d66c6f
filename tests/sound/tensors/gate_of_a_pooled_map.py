import torch
import torch.nn.functional as F
from torch import nn


class SplitAttention(nn.Module):
    """ResNeSt's split attention with one split: the inner convolutions compute a gate within each cardinal group."""

    def __init__(self, channels, groups):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, groups=groups)
        self.fc1 = nn.Conv2d(channels, 32, 1, groups=groups)
        self.fc2 = nn.Conv2d(32, channels, 1, groups=groups)

    def forward(self, x):
        x = self.conv(x)
        gate = F.adaptive_avg_pool2d(x, 1)
        gate = self.fc2(torch.relu(self.fc1(gate)))
        return torch.sigmoid(gate).view(x.shape[0], -1, 1, 1) * x


nn.Sequential(SplitAttention(16, 4), nn.Conv2d(16, 16, 1))(torch.rand(1, 16, 8, 8))


class SpatialGate(nn.Module):
    def __init__(self, channels, groups):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, groups=groups)
        self.weigh = nn.Conv2d(channels, channels, 3, padding=1, groups=groups)
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        x = self.conv(x)
        return self.mix(x * torch.sigmoid(self.weigh(x)))


SpatialGate(16, 4)(torch.rand(1, 16, 8, 8))


class ModuleGate(SpatialGate):
    def __init__(self, channels, groups):
        super().__init__(channels, groups)
        self.act = nn.Sigmoid()

    def forward(self, x):
        x = self.conv(x)
        return self.mix(x * self.act(self.weigh(x)))


ModuleGate(16, 4)(torch.rand(1, 16, 8, 8))
