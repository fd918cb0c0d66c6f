import torch
from torch import nn
class CN(dict):
    def __getattr__(self, n):
        try: return self[n]
        except KeyError: raise AttributeError(n)
    def __setattr__(self, n, v): self[n] = v
    def merge_from_list(self, l):
        for k, v in zip(l[::2], l[1::2]): self[k] = v
def four(o):
    if isinstance(o, dict): o["g"] = 4
    else: o.g = 4
def four_in(objs):
    for o in objs: four(o)
def call(f): return f()
class ActLayer(nn.Module):
    def forward(self, x): return x
class Mixin:
    groups = 4
    def width(self): return 4
class Base(nn.Module):
    def __init__(self, *a, **k):
        super().__init__()
        for n, v in k.items(): setattr(self, n, v)
    def configure(self, n=4): self.g = n
class Watcher:
    def __init__(self, o): self.o = o
    def update(self): four(self.o)
def shuffle_(x):
    x.copy_(x.roll(1, 1))
