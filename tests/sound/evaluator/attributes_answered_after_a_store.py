"""What is stored past the text of its name comes before what ``__getattr__`` answers."""

from torch import nn


class Settings:
    def __init__(self, table):
        self.table = table

    def __getattr__(self, name):
        return self.__dict__["table"][name]


class Later(Settings):
    def change(self, **changes):
        self.__dict__.update(changes)

    def override(self, name, value):
        self.__dict__[name] = value


class Limited:
    @property
    def width(self):
        return 32

    def __init__(self, **given):
        self.__dict__.update(given)


def rename(settings, names):
    for name in names:
        setattr(settings, name, 32)


def conv(settings):
    return nn.Sequential(nn.Conv2d(settings.width, settings.width, 3, groups=4), nn.Conv2d(settings.width, 8, 1))


def build(names=("width",)):
    first = Later({"width": 30})
    first.change(width=32)
    second = Later({"width": 30})
    second.override("width", 32)
    third = Settings({"width": 30})
    rename(third, names)
    return conv(first), conv(second), conv(third), conv(Limited(width=30))


build()
