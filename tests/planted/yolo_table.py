"""A table of rows that a parser turns into layers by their names."""

from torch import nn


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1, g=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, groups=g, bias=False)  # expect: GC002, GC003
        self.bn = nn.BatchNorm2d(c2)

    def forward(self, x):
        return self.bn(self.conv(x))


TABLE = [
    [-1, 1, "Conv", [32, 3, 2]],
    [-1, 2, "Conv", [64, 3, 1, 24]],
    [-1, 1, "Conv", [64, 1]],
]


def parse_model(rows, ch=3):
    layers, channels = [], [ch]
    for i, (f, n, m, args) in enumerate(rows):
        m = eval(m) if isinstance(m, str) else m
        c1, c2 = channels[f], args[0]
        args = [c1, c2, *args[1:]]
        m_ = nn.Sequential(*(m(*args) for _ in range(1))) if n > 1 else m(*args)
        layers.append(m_)
        if i == 0:
            channels = []
        channels.append(c2)
    return nn.Sequential(*layers)


net = parse_model(TABLE)
