"""What a configuration works out of its fields is not known before they are, nor what a subclass says."""

from dataclasses import dataclass

from torch import nn


@dataclass
class Settings:
    width: int = 64
    groups: int = 5
    floor = 0

    @property
    def halves(self):
        return self.width // 2

    @property
    def branches(self):
        if self.groups <= 0:
            raise ValueError("no groups")
        return self.groups


@dataclass
class Base:
    width: int = 64

    @property
    def groups(self):
        return 0


@dataclass
class Fours(Base):
    @property
    def groups(self):
        return 4


class Block(nn.Module):
    def __init__(self, settings: Settings, base: Base):
        super().__init__()
        self.a = nn.Conv2d(settings.width, settings.width, 3, groups=settings.branches)
        self.b = nn.Conv2d(settings.halves * 2, settings.halves * 2, 3, groups=settings.halves)
        self.c = nn.Conv2d(base.width, base.width, 3, groups=base.groups)
        self.d = nn.Conv2d(settings.width, 8 * settings.width, 3, groups=settings.floor or 1)


def test(settings: Settings, base: Base):
    settings.groups = 4
    return Block(settings, base)


if __name__ == "__main__":
    chosen = Settings()
    chosen.groups = 4
    Block(chosen, Fours())
