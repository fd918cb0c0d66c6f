"""A configuration in a literal text."""

import json

from torch import nn

CONFIG = json.loads("""
{"stem": {"width": 24}, "stages": [{"width": 48, "groups": 6}, {"width": 96, "groups": 18}]}
""")


class Net(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["stem"]["width"]
        layers = [nn.Conv2d(3, width, 3)]
        for stage in config["stages"]:
            layers.append(nn.Conv2d(width, stage["width"], 1))
            layers.append(nn.Conv2d(stage["width"], stage["width"], 3, groups=stage["groups"]))  # expect: GC002, GC003
            width = stage["width"]
        self.layers = nn.Sequential(*layers)


net = Net(CONFIG)
