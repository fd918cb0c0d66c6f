from torch import nn


def load(path):
    layers = nn.ModuleList()
    try:
        layers.append(nn.ReLU())
        open(path)
        layers.append(nn.ReLU())
    except OSError:
        pass
    return nn.Conv2d(64, 64, 1, groups=4 if len(layers) == 1 else 3)


load("/no/such/file")
