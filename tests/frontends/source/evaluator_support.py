"""Helpers of the evaluator's tests: what it makes of a text, and what CPython makes of the same text."""

from __future__ import annotations

import sys
import types
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gconv_lint.frontends.source import Analysis, analyse
from gconv_lint.model.dims import Sym
from gconv_lint.model.layers import Layer

HEAD = "from torch import nn\n"
#: Line of a call -> the (in_channels, out_channels, groups) that it was given, each once.
Calls = dict[int, set[tuple[Any, Any, Any]]]


def analysed(text: str | bytes, name: str = "program.py") -> Analysis:
    """What the source front end makes of one text."""
    data = text if isinstance(text, bytes) else text.encode()
    return analyse([], stdin=(name, data))


def analysed_files(folder: Path, files: Mapping[str, str]) -> Analysis:
    """What it makes of several files of a folder."""
    paths = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(str(path))
    return analyse(paths)


def convs(text: str | Analysis) -> list[Layer]:
    """The convolutions of a text, in the order of their places."""
    analysis = text if isinstance(text, Analysis) else analysed(text)
    found = [layer for layer in analysis.layers if layer.conv is not None]
    return sorted(found, key=lambda layer: layer.place)


def channels(layer: Layer) -> tuple[Any, Any, Any]:
    """``(in_channels, out_channels, groups)`` of a convolution."""
    assert layer.conv is not None
    return layer.conv.in_channels, layer.conv.out_channels, layer.conv.groups


def only(text: str) -> tuple[Any, Any, Any]:
    """The channels of the one convolution of a text."""
    (layer,) = convs(text)
    return channels(layer)


def evaluated(text: str) -> Calls:
    """Every convolution that the evaluator reaches in a text."""
    calls: Calls = defaultdict(set)
    for layer in convs(text):
        calls[layer.place.line].add(channels(layer))
    return dict(calls)


def executed(text: str) -> tuple[Calls, str]:
    """Every convolution that CPython makes when it runs a text over a stub of torch, and how the run ended."""
    calls: Calls = defaultdict(set)

    class Conv2d:
        def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, groups: Any = 1) -> None:
            self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
            frame = sys._getframe(1)
            while frame.f_code.co_filename != "<program>" and frame.f_back is not None:
                frame = frame.f_back
            calls[frame.f_lineno].add((in_channels, out_channels, groups))

    class Module:
        def __init__(self) -> None:
            """As torch's, which takes no arguments."""

    torch, nn = types.ModuleType("torch"), types.ModuleType("torch.nn")
    nn.Conv2d, nn.Module, torch.nn = Conv2d, Module, nn  # type: ignore[attr-defined]
    before = {name: sys.modules.get(name) for name in ("torch", "torch.nn")}
    sys.modules.update({"torch": torch, "torch.nn": nn})
    try:
        exec(compile(text, "<program>", "exec"), {"__name__": "program"})
        return dict(calls), "ended"
    except Exception as error:
        return dict(calls), type(error).__name__
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def is_known(values: tuple[Any, ...]) -> bool:
    """Whether all of some values are plain numbers."""
    return not any(isinstance(v, Sym) for v in values)
