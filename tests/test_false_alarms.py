"""Sound programs that a careless evaluator or rule would report: every one of them once was."""

from __future__ import annotations

from pathlib import Path

import pytest

from gconv_lint import api

IMPORTS = """
import abc
import copy
import functools
import math
import numbers
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import nn
"""

SOUND = {
    "a dataclass works out its groups": """
@dataclass
class Config:
    dim: int = 64
    groups: int = 0
    def __post_init__(self):
        if self.groups == 0:
            self.groups = self.dim
class Net(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.conv = nn.Conv2d(cfg.dim, cfg.dim, 3, groups=cfg.groups)
Net(Config())
""",
    "an inherited __post_init__": """
@dataclass
class Base:
    groups: int = 0
    def __post_init__(self):
        self.groups = self.groups or 4
@dataclass
class Config(Base):
    dim: int = 64
nn.Conv2d(Config().dim, 64, 3, groups=Config().groups)
""",
    "a frozen dataclass": """
@dataclass(frozen=True)
class Config:
    dim: int = 64
    groups: int = 0
    def __post_init__(self):
        object.__setattr__(self, "groups", self.dim)
nn.Conv2d(64, 64, 3, groups=Config().groups)
""",
    "a class variable is no field": """
@dataclass
class Config:
    K: ClassVar[int] = 5
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(4).groups)
""",
    "a field without init": """
@dataclass
class Config:
    a: int = field(init=False, default=5)
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(4).groups)
""",
    "attrs": """
import attr
@attr.s(auto_attribs=True)
class Config:
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(groups=4).groups)
""",
    "pydantic": """
from pydantic import BaseModel
class Config(BaseModel):
    groups: int = 5
nn.Conv2d(12, 12, 3, groups=Config(groups=4).groups)
""",
    "a decorator that sets a default": """
def inject(f):
    @functools.wraps(f)
    def w(*a, **k):
        k.setdefault("groups", 4)
        return f(*a, **k)
    return w
@inject
def mk(c, groups=5):
    return nn.Conv2d(c, c, 3, groups=groups)
mk(12)
""",
    "a decorator that changes what is returned": """
def less(f):
    def w():
        return f() - 1
    return w
@less
def groups():
    return 5
nn.Conv2d(12, 12, 3, groups=groups())
""",
    "a decorator of a constructor": """
def inject(f):
    def w(self, *a, **k):
        k["groups"] = 4
        return f(self, *a, **k)
    return w
class Net(nn.Module):
    @inject
    def __init__(self, c, groups=5):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, groups=groups)
Net(12)
""",
    "a decorator of a class": """
def four(cls):
    cls.groups = 4
    return cls
@four
class Net(nn.Module):
    groups = 5
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
Net()
""",
    "a loop of the module": """
g = 8
while 12 % g:
    g -= 1
nn.Conv2d(12, 12, 3, groups=g)
""",
    "a loop of the module that breaks": """
G = 5
for k in range(5):
    if 12 % G == 0:
        break
    G -= 1
def build():
    return nn.Conv2d(12, 12, 3, groups=G)
""",
    "a table under another name": """
BASE = {"c": 12, "g": 5}
SMALL = BASE
SMALL["g"] = 4
nn.Conv2d(12, 12, 3, groups=BASE["g"])
""",
    "a counter": """
cnt = [0]
def mk():
    cnt[0] += 1
    return cnt[0]
mk()
mk()
nn.Conv2d(10, 10, 3, groups=mk() + 2)
""",
    "a library that may be missing": """
try:
    import some_optional_lib
    HAS = True
except ImportError:
    HAS = False
def build(c):
    return nn.Conv2d(c, c, 3, groups=8 if HAS else 4)
build(12)
""",
    "a variable that may be missing": """
def build():
    try:
        g = int(os.environ["X"])
        h = 5
    except KeyError:
        h = 4
    return nn.Conv2d(12, 12, 3, groups=h)
build()
""",
    "a call that may fail": """
import outside
def build():
    g = 4
    try:
        outside.call()
        g = 5
    except Exception:
        pass
    return nn.Conv2d(12, 12, 3, groups=g)
build()
""",
    "mmcv's test for norms": """
from torch.nn.modules.batchnorm import _BatchNorm
def width(norm):
    return 8 if isinstance(norm, _BatchNorm) else 7
nn.Conv2d(64, 64, 3, groups=width(nn.BatchNorm2d(64)))
""",
    "a private base class": """
g = 8 if isinstance(nn.Conv2d(3, 3, 1), nn.modules.conv._ConvNd) else 7
nn.Conv2d(64, 64, 3, groups=g)
""",
    "abstract kinds of numbers and containers": """
from collections import abc as kinds
a = 8 if isinstance(4, numbers.Real) else 7
b = 8 if isinstance([4], kinds.MutableSequence) else 7
c = 8 if isinstance([4], kinds.Collection) else 7
d = 8 if isinstance({}, kinds.MutableMapping) else 7
e = 7 if isinstance({}, OrderedDict) else 8
for g in (a, b, c, d, e):
    nn.Conv2d(64, 64, 3, groups=g)
""",
    "a class by its long name": """
g = 8 if nn.modules.conv.Conv2d is nn.Conv2d else 7
h = 8 if nn.modules.activation.ReLU is nn.ReLU else 7
nn.Conv2d(64, 64, 3, groups=g)
nn.Conv2d(64, 64, 3, groups=h)
""",
    "two layers of a script": """
x = torch.randn(1, 8, 8, 8)
dw = nn.Conv2d(8, 8, 3, padding=1, groups=8)
pw = nn.Conv2d(8, 16, 1)
y = dw(x)
z = pw(y)
""",
    "a model and a layer behind it": """
class Depthwise(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=8)
    def forward(self, x):
        return self.conv(x)
model = Depthwise()
y = model(torch.randn(1, 8, 8, 8))
z = nn.Conv2d(8, 4, 1)(y)
""",
    "a fixed filter": """
class Blur(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.conv.weight.data.fill_(1 / 9.0)
        self.conv.weight.requires_grad_(False)
    def forward(self, x):
        return self.conv(x)
print(Blur()(torch.randn(1, 8, 8, 8)))
""",
    "a frozen model": """
class Blur(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
    def forward(self, x):
        return self.conv(x)
blur = Blur()
for p in blur.parameters():
    p.requires_grad = False
print(blur(torch.randn(1, 8, 8, 8)))
""",
    "a convolution in forward with weights of its own": """
class Net(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        k.weight.data = torch.ones(1, 1, 3, 3)
        return k(x)
class Other(nn.Module):
    def forward(self, x):
        k = nn.Conv2d(1, 1, 3, padding=1, bias=False)
        nn.init.constant_(k.weight, 1.0)
        return k(x)
""",
    "layers that are made once, in a loop": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList()
    def forward(self, xs):
        while len(self.convs) < len(xs):
            self.convs.append(nn.Conv2d(3, 3, 1))
        return [c(x) for c, x in zip(self.convs, xs)]
""",
    "a base class with placeholders": """
class BaseStem(nn.Module):
    groups = 0
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, groups=self.groups)
class Stem4(BaseStem):
    groups = 4
""",
    "an abstract base class": """
class BaseStem(nn.Module, abc.ABC):
    channels = 0
    groups = 0
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(self.channels, self.channels, 3, groups=self.groups)
    @abc.abstractmethod
    def forward(self, x):
        ...
""",
    "attributes by way of __dict__": """
class Net(nn.Module):
    groups = 5
    def __init__(self, **kw):
        super().__init__()
        self.__dict__.update(kw)
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
Net(groups=4)
class Other(nn.Module):
    groups = 5
    def __init__(self, **kw):
        super().__init__()
        vars(self).update(kw)
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
Other(groups=4)
""",
    "attributes by names that are not known": """
class Net(nn.Module):
    groups = 5
    def __init__(self, groups=4):
        super().__init__()
        self.save(locals())
        self.conv = nn.Conv2d(12, 12, 3, groups=self.groups)
    def save(self, ns):
        for k, v in ns.items():
            setattr(self, k, v)
Net()
""",
    "a property with a setter": """
class Net(nn.Module):
    def __init__(self, g):
        super().__init__()
        self.groups = g
        self.c = nn.Conv2d(12, 12, 3, groups=self.groups)
    @property
    def groups(self):
        return self._g
    @groups.setter
    def groups(self, v):
        self._g = math.gcd(v, 12)
Net(8)
""",
    "a match that takes another case": """
def mk(kind, c):
    match kind:
        case "g8":
            return nn.Conv2d(c, c, 3, groups=8)
        case _:
            return nn.Conv2d(c, c, 3)
mk("x", 5)
""",
    "groups of users": """
def enrol(user, name):
    user.groups = [name]
class Optimizer:
    def __init__(self, inner, params):
        self.inner = inner
        self.inner.groups = list(params)
""",
    "groups of a layer without weights": """
class Shuffle(nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups
    def forward(self, x):
        return F.channel_shuffle(x, self.groups)
s = Shuffle(2)
s.groups = 4
""",
    "groups of a class": """
class Net(nn.Module):
    groups = 2
    @classmethod
    def configure(cls, g):
        cls.groups = g
Net.groups = 4
""",
    "statistics of a weight": """
def channel_statistics(w):
    return w.view(w.size(1), -1)
def of_weight(weight):
    return weight.reshape(weight.shape[1], -1).norm(dim=1)
""",
    "no input channels": """
layer = nn.Conv2d(0, 12, 3)
""",
    "a division that was made exact": """
class Net(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        dim = dim // heads * heads
        self.heads = heads
        self.weight = nn.Parameter(torch.randn(dim, dim // heads, 3, 3))
    def forward(self, x):
        return F.conv2d(x, self.weight, groups=self.heads)
""",
    "a layer that is kept beside its successor": """
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_rgb = nn.Conv2d(16, 3, 1)
    def add_layer(self):
        self.old_rgb = self.to_rgb
        self.to_rgb = nn.Conv2d(16, 3, 1)
    def forward(self, x):
        return self.to_rgb(x)
""",
    "a new classifier": """
class Net(nn.Module):
    def __init__(self, n=10):
        super().__init__()
        self.fc = nn.Conv2d(8, n, 1)
    def reset_classifier(self, n):
        self.fc = nn.Conv2d(8, n, 1)
    def forward(self, x):
        return self.fc(x)
""",
}


@pytest.mark.parametrize("name", SOUND)
def test_nothing_is_reported(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(IMPORTS + SOUND[name])
    report = api.check([str(path)])
    assert report.problems == ()
    assert [f"{finding.rule.code}: {finding.message}" for finding in report.findings] == []
