"""Small programs with one fault each, for every rule with a fix and in the ways that people put models together."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"


class Program(NamedTuple):
    """A program that runs once its fault is repaired; the fixers were written without those that are ``held_out``."""

    code: str
    name: str
    text: str

    @property
    def held_out(self) -> bool:
        """Half of the programs of each rule, by a checksum of their names."""
        return zlib.crc32(f"{self.code} {self.name}".encode()) % 2 == 1


def programs() -> Iterator[Program]:
    """All programs, rule by rule."""
    for code, cases in ROWS.items():
        for fault, (rows, width) in cases.items():
            for way, put in WAYS.items():
                if way not in LEFT_OUT.get(code, ()):
                    run = f"\nout = net(torch.randn(2, {width}, 12, 12))\n"
                    yield Program(code, f"{fault}, {way}", HEAD + put(rows) + run)
    texts = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    for code, faults in texts.items():
        yield from (Program(code, fault, HEAD + text) for fault, text in faults.items())


def _indented(lines: Sequence[str], spaces: int) -> str:
    return "".join(f"{' ' * spaces}{line}\n" for line in lines)


def _sequence(rows: Sequence[str]) -> str:
    return "net = nn.Sequential(\n" + _indented([f"{row}," for row in rows], 4) + ")"


def _script(rows: Sequence[str]) -> str:
    made = "".join(f"layer{i} = {row}\n" for i, row in enumerate(rows))
    inner = "x"
    for i in range(len(rows)):
        inner = f"layer{i}({inner})"
    return f"{made}\n\ndef net(x):\n    return {inner}\n\n"


def _names(rows: Sequence[str]) -> list[str]:
    """Names as people give them: by the kind of layer, with a number."""
    names: list[str] = []
    for row in rows:
        kind = row.partition("(")[0].rpartition(".")[2].lower().replace("2d", "").replace("channel", "")
        names.append(f"{kind}{sum(name.startswith(kind) for name in names) + 1}")
    return names


def _class(rows: Sequence[str], *, name: str = "Net", between: str = "{}") -> str:
    names = _names(rows)
    made = [f"self.{each} = {row}" for each, row in zip(names, rows, strict=True)]
    used = [f"x = {between.format(f'self.{each}(x)')}" for each in names]
    return (
        f"class {name}(nn.Module):\n    def __init__(self):\n        super().__init__()\n{_indented(made, 8)}\n"
        f"    def forward(self, x):\n{_indented(used, 8)}        return x\n\n\n"
    )


def _attributes(rows: Sequence[str]) -> str:
    return _class(rows) + "net = Net()"


def _activated(rows: Sequence[str]) -> str:
    return _class(rows, between="F.relu({})") + "net = Net()"


def _nested(rows: Sequence[str]) -> str:
    names = _names(rows)
    made = [f"self.{each} = {row}" for each, row in zip(names, rows, strict=True)]
    inner = "x"
    for each in names:
        inner = f"self.{each}({inner})"
    return (
        f"class Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n{_indented(made, 8)}\n"
        f"    def forward(self, x):\n        return {inner}\n\n\nnet = nn.Sequential(Block())"
    )


def _list(rows: Sequence[str]) -> str:
    made = ["layers = []", *(f"layers.append({row})" for row in rows), "self.body = nn.Sequential(*layers)"]
    return (
        f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{_indented(made, 8)}\n"
        "    def forward(self, x):\n        return self.body(x)\n\n\nnet = Net()"
    )


def _member(rows: Sequence[str]) -> str:
    made = ["self.body = nn.Sequential(", *(f"    {row}," for row in rows), ")"]
    return (
        f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{_indented(made, 8)}\n"
        "    def forward(self, x):\n        return self.body(x)\n\n\nnet = Net()"
    )


def _function(rows: Sequence[str]) -> str:
    return (
        f"def build():\n    return nn.Sequential(\n{_indented([f'{row},' for row in rows], 8)}    )\n\n\nnet = build()"
    )


#: How layers become a model.
WAYS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "in a sequence": _sequence,
    "in a script": _script,
    "as attributes": _attributes,
    "as attributes with activations": _activated,
    "in a block": _nested,
    "in a list": _list,
    "in a sequence of a class": _member,
    "from a function": _function,
}

_SPLIT = "nn.Conv2d(16, 16, 1, groups=4)"
_WIDE = "nn.Conv2d(16, 16, 3, padding=1, groups=4, bias=False)"
_DEPTH = "nn.Conv2d(16, 16, 3, padding=1, groups=16)"
_MIX = "nn.Conv2d(16, 8, 1)"
_NORM = "nn.BatchNorm2d(16)"

#: rule -> fault -> the layers of a model, and the channels that it reads.
ROWS: Mapping[str, Mapping[str, tuple[Sequence[str], int]]] = {
    "GC001": {"half": (["nn.Conv2d(16, 16, 3, padding=1, groups=16 / 2)", _MIX], 16)},
    "GC002": {"three": (["nn.Conv2d(16, 24, kernel_size=3, padding=1, groups=3)", "nn.Conv2d(24, 8, 1)"], 16)},
    "GC003": {"five": (["nn.Conv2d(20, 24, 1, 1, 0, 1, 5)", "nn.Conv2d(24, 8, 1)"], 20)},
    "GC009": {"seven": ([_SPLIT, "nn.ChannelShuffle(7)", _WIDE, _MIX], 16)},
    "GC014": {"norm": (["nn.Conv2d(16, 24, 1)", "nn.GroupNorm(32, 24)", "nn.ReLU()"], 16)},
    "GC016": {"half": (["nn.Conv2d(16, 16 / 2, 1)", "nn.ReLU()"], 16)},
    "GC101": {
        "two": ([_SPLIT, _NORM, "nn.ReLU()", _WIDE, _MIX], 16),
        "bare": (["nn.Conv2d(8, 16, 1)", _SPLIT, _WIDE, _MIX], 8),
        "too many": (["nn.Conv2d(16, 16, 1, groups=8)", _NORM, _WIDE, _MIX], 16),
    },
    "GC102": {"one": ([_DEPTH, _NORM, "nn.ReLU()"], 16), "last": ([_DEPTH], 16)},
    "GC103": {
        "one": ([_SPLIT, "nn.ChannelShuffle(1)", _MIX], 16),
        "all": ([_SPLIT, "nn.ChannelShuffle(16)", _MIX], 16),
    },
    "GC104": {"two": (["nn.Conv2d(8, 16, 1)", _SPLIT, "nn.ChannelShuffle(2)", _WIDE, _MIX], 8)},
    "GC306": {"stem": (["nn.Conv2d(4, 16, 3, padding=1, groups=2)", "nn.ReLU()", _MIX], 4)},
    "GC307": {"head": (["nn.Conv2d(8, 16, 3)", "nn.ReLU()", "nn.Conv2d(16, 16, 1, groups=4)"], 8)},
    "GC309": {"scale": (["nn.Conv2d(8, 16, 1)", "nn.Conv2d(16, 16, 1, groups=16)", _NORM, _MIX], 8)},
    "GC501": {"last": (["nn.Conv2d(16, 16, 3, padding=1, groups=1)", _MIX], 16)},
    "GC504": {"depthwise": (["nn.Conv2d(8, 16, 1)", _DEPTH, _NORM, "nn.ReLU()", _MIX], 8)},
}
#: Ways in which a fault is none, or is another one.
LEFT_OUT: Mapping[str, Sequence[str]] = {
    "GC309": ("as attributes with activations",),
    "GC504": ("as attributes with activations",),
}
