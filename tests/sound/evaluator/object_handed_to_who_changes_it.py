"""A statement of the module gives its configuration to a function that changes it."""

from torch import nn


class Settings:
    def __init__(self):
        self.width = 30


def prepare(settings):
    settings.width = 32
    return settings


settings = Settings()
same = prepare(settings)


def build():
    return nn.Sequential(nn.Conv2d(settings.width, settings.width, 3, groups=4), nn.Conv2d(settings.width, 8, 1))


build()
