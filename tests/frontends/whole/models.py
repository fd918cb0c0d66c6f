"""Models that both engines are to see alike; each class is one test."""

from __future__ import annotations

import functools
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

WIDTHS = {"small": [8, 16], "large": [16, 32, 64]}


class Kind(Enum):
    PLAIN = "plain"
    GATED = "gated"


@dataclass
class Config:
    width: int = 16
    groups: int = 4
    depths: list[int] = field(default_factory=lambda: [1, 2])


def conv_block(inside, outside, kernel_size=3, stride=1, groups=1, **kwargs):
    layers = [
        ("conv", nn.Conv2d(inside, outside, kernel_size, stride, kernel_size // 2, groups=groups, **kwargs)),
        ("norm", nn.BatchNorm2d(outside)),
        ("act", nn.ReLU(inplace=True)),
    ]
    return nn.Sequential(OrderedDict(layers))


def named(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


class Shuffle(nn.Module):
    def __init__(self, groups):
        super(Shuffle, self).__init__()
        self.groups = groups

    def forward(self, x):
        b, c, h, w = x.shape
        assert c % self.groups == 0, f"{c} channels in {self.groups} groups"
        x = x.view(b, self.groups, c // self.groups, h, w)
        return torch.transpose(x, 1, 2).contiguous().view(b, c, h, w)


class Shuffled(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.stem = conv_block(3, width, stride=2)
        self.body = nn.Sequential(*[self.unit(width, 3) for _ in range(2)])
        self.head = nn.Linear(width, 10)

    @staticmethod
    def unit(width, groups):
        return nn.Sequential(
            conv_block(width, width, 1, groups=groups), Shuffle(groups), conv_block(width, width, groups=width)
        )

    def forward(self, x):
        x = self.body(self.stem(x))
        return self.head(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Stages(nn.Module):
    def __init__(self, config=None, kind=Kind.GATED):
        super().__init__()
        config = config or Config()
        self.stem = conv_block(3, config.width)
        self.stages = nn.ModuleList()
        for number, depth in enumerate(config.depths, start=1):
            stage = nn.Sequential()
            for unit in range(depth):
                stage.add_module(
                    "unit{}".format(unit + 1), conv_block(config.width, config.width, groups=config.groups)
                )
            self.stages.append(stage)
            setattr(self, f"mark{number}", nn.Identity())
        self.gate = nn.Conv2d(config.width, config.width, 1) if kind is Kind.GATED else None

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            y = stage(x)
            x = x + y if y.shape == x.shape else y
        if self.gate is not None:
            x = x * torch.sigmoid(self.gate(x.mean(dim=(2, 3), keepdim=True)))
        return x


class Branches(nn.Module):
    def __init__(self, **kwargs):
        super().__init__()
        self.kwargs = kwargs
        make = partial(nn.Conv2d, bias=False, padding="same")
        self.branches = nn.ModuleDict({name: make(6, 6, k) for name, k in zip("abc", (1, 3, 5))})
        self.merge = nn.Conv2d(12, 12, 1, groups=2)

    def forward(self, x):
        x = torch.cat([x, x], dim=1)
        first, second = x.chunk(2, dim=1)
        first = torch.cat([first, first], 1)[:, :6]
        outs = [branch(first) for branch in self.branches.values()]
        return self.merge(torch.cat((sum(outs), torch.cat([second] * 2, 1)), dim=1))


class Attention(nn.Module):
    def __init__(self, dim=32, heads=4):
        super().__init__()
        self.patches = nn.Conv2d(3, dim, 8, 8)
        self.norm = nn.LayerNorm(dim)
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.out = nn.Linear(dim, dim)
        self.position = nn.Parameter(torch.zeros(1, 16, dim))

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.position
        b, n, c = x.shape
        qkv = self.qkv(self.norm(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        weights = (q @ k.transpose(-2, -1) * self.scale).softmax(dim=-1)
        return self.out((weights @ v).transpose(1, 2).reshape(b, n, c))


class Upwards(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.PReLU(16), nn.MaxPool2d(2, ceil_mode=True)
        )
        self.up = nn.ConvTranspose2d(16, 16, 4, stride=2, padding=1, groups=4, bias=False)
        self.sharp = nn.Sequential(nn.Conv2d(16, 12, 3, padding=1, padding_mode="reflect"), nn.PixelShuffle(2))

    def forward(self, x):
        size = x.shape[2:]
        x = self.up(self.down(x))
        x = F.interpolate(self.sharp(x), size=size, mode="bilinear", align_corners=False)
        return F.pad(x, (1, 1, 1, 1))


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(3 if i == 0 else 8, 8, 3, dilation=i + 1) for i in range(3)])
        self.norms = nn.ModuleList([nn.GroupNorm(2, 8), nn.InstanceNorm2d(8, affine=True), nn.LocalResponseNorm(3)])

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = F.gelu(norm(conv(x)))
        return {"out": x, "size": list(x.shape)}


class Base(nn.Module):
    width = 8

    def __init__(self):
        super().__init__()
        self.build()
        self._initialise()

    def build(self):
        raise NotImplementedError

    @property
    def double(self):
        return 2 * self.width

    def _initialise(self):
        for name, module in self.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.constant_(module.bias, 0)


class Derived(Base):
    def build(self):
        self.conv1, self.conv2 = nn.Conv2d(3, self.width, 1), nn.Conv2d(self.width, self.double, 3)
        self.shared = self.conv1

    def forward(self, x, *args, scale=1.0, **kwargs):
        try:
            x = self.missing(x)
        except AttributeError:
            x = self.conv2(self.shared(x))
        finally:
            x = x * scale
        return x


class WeightNorm(nn.Conv2d):
    def forward(self, x):
        weight = self.weight - self.weight.mean(dim=(1, 2, 3), keepdim=True)
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Standardised(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = WeightNorm(3, 8, kernel_size=3, padding=1)
        self.weight = nn.Parameter(torch.randn(8, 2, 3, 3))
        self.register_buffer("order", torch.arange(8).view(2, 4).t().reshape(-1))

    def forward(self, x):
        x = self.conv(x)[:, self.order]
        return F.conv2d(x, self.weight, stride=2, groups=4)


class InPlace(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)
        self.tail = nn.Conv2d(8, 8, 3, groups=8)

    def forward(self, x):
        x = self.conv(x)
        left, right = torch.split(x, [3, 5], dim=1)
        left += 1
        right.mul_(2)
        return self.tail(F.relu(x, inplace=True))


class Generated(nn.Module):
    def __init__(self, name="small"):
        super().__init__()
        self.layers = nn.Sequential(*self._layers(WIDTHS[name]))
        self.scale = math.sqrt(sum(1 for _ in self.parameters()))

    def _layers(self, widths):
        before = 3
        for width in widths:
            yield nn.Conv2d(before, width, 3)
            yield nn.SiLU()
            before = width

    def forward(self, x):
        for module in self.layers[:-1]:
            x = module(x)
        index = 0
        while index < 3:
            index += 1
            if index == 2:
                continue
            x = -x
        return torch.stack([x, 1 - x, x / 2], dim=2).mean(2)


@named
def factory(width=8, *, twice: bool = True):
    """A function that returns a model."""
    net = nn.Sequential(nn.Conv2d(3, width, 3, groups=1), nn.Hardswish(), nn.Dropout(0.5), nn.AvgPool2d(2))
    return nn.Sequential(net, nn.Flatten(), nn.Linear(width * 15 * 15, 4)) if twice else net
