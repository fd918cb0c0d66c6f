"""A base configuration that is copied and changed."""

import copy

from torch import nn

BASE = {"width": 64, "groups": 8, "kernel": {"size": 3}}


def variant(**changes):
    cfg = copy.deepcopy(BASE)
    cfg.update(changes)
    return cfg


def make(cfg):
    return nn.Sequential(
        nn.Conv2d(cfg["width"], cfg["width"], cfg["kernel"]["size"], groups=cfg["groups"]),  # expect: GC002, GC003
        nn.Conv2d(cfg["width"], cfg["width"], 1),
    )


net = make(variant(width=60))
