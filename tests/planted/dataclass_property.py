"""A property of a configuration divides with ``/``: the groups are a float whatever the fields are."""

from dataclasses import dataclass

from torch import nn


@dataclass
class StageSettings:
    width: int = 96
    cardinality: int = 12
    shrink: int = 3

    @property
    def branches(self):
        return self.cardinality / self.shrink


class Stage(nn.Module):
    def __init__(self, settings: StageSettings):
        super().__init__()
        width = settings.width
        self.spatial = nn.Conv2d(width, width, 3, groups=settings.branches)  # expect: GC001
        self.mix = nn.Conv2d(width, width, 1)
