"""Settings in a simple namespace."""

from types import SimpleNamespace

from torch import nn


class Net(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.conv = nn.Conv2d(args.dim, args.dim, 7, padding=3, groups=args.groups)
        self.mix = nn.Conv2d(args.dim, args.dim, 1)


def main():
    args = SimpleNamespace(dim=96, groups=12)
    return Net(args)


main()
