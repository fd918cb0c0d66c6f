"""How the time for a whole model grows with its layers, and what it is beside building and tracing the real one.

``python -m bench.growth`` prints both tables, which ``bench.whole`` puts into its page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.packages import source
from bench.tables import table
from gconv_lint.frontends.whole.program import analyse
from gconv_lint.model.targets import Input, Limits, Target

BLOCKS = (10, 100, 1_000)
#: Models of pytorchcv that are built and traced, each in a process of its own as a user would.
SAMPLE = (
    *("resnet:resnet18", "resnet:resnet50", "shufflenetv2:shufflenetv2_w1", "mobilenetv2:mobilenetv2_w1"),
    "densenet:densenet121",
)
_CHAIN = """
from torch import nn
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1, groups=4)
        self.norm = nn.BatchNorm2d(width)
    def forward(self, x):
        return x + self.norm(self.conv(x)).relu()
def net(blocks):
    return nn.Sequential(nn.Conv2d(3, 16, 1), *[Block(16) for _ in range(blocks)])
"""
_TRACED = "import torch.fx; from pytorchcv.models.{0} import {1}; torch.fx.symbolic_trace({1}())"


def growth() -> str:
    """CPU time of a chain of blocks, and for one block of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "net.py"
        path.write_text(_CHAIN, encoding="utf-8")
        seconds = [_followed(path, blocks) for blocks in (BLOCKS[0], *BLOCKS)][1:]
    rows = [(f"{n:,}", f"{took:.3f}", f"{took / n * 1000:.2f}") for n, took in zip(BLOCKS, seconds, strict=True)]
    return table(("blocks", "CPU s", "ms for a block"), rows)


def _followed(path: Path, blocks: int) -> float:
    started = time.process_time()
    (found,) = analyse([Target(f"{path}:net", (Input((1, 3, 32, 32)),), {"blocks": blocks})], Limits(60))
    assert not found.missed
    return time.process_time() - started


def factor() -> str:
    """CPU time of both ways from the start of Python to the model."""
    folder = str(source("pytorchcv"))
    rows = []
    for name in SAMPLE:
        module, _, factory = name.partition(":")
        words = ["-m", "gconv_lint", "model", f"pytorchcv.models.{module}:{factory}", "--engine", "source"]
        text = _spent([*words, "--input", "1x3x224x224", "--isolated"], folder)
        real = _spent(["-c", _TRACED.format(module, factory)], folder)
        rows.append((factory, f"{text:.2f}", f"{real:.2f}", real / text))
    middle = median(row[3] for row in rows)
    printed = [(*row[:3], f"{row[3]:.1f}") for row in rows]
    header = ("model", "text, CPU s", "built and traced, CPU s", "factor")
    return table(header, [*printed, ("median", "", "", f"{middle:.1f}")])


def _spent(words: Sequence[str], folder: str) -> float:
    """CPU time of one Python process."""
    root = str(Path(__file__).resolve().parent.parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, root])}
    before = os.times()
    subprocess.run([sys.executable, *words], env=env, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def parts() -> list[str]:
    """Both tables with their headings."""
    return [
        "## Growth\n\nA chain of residual blocks, built and run from its text.\n\n" + growth(),
        "## Beside the real model\n\nOne process each, with all imports: `gconv-lint model --engine source`, and "
        "torch that builds the model and traces it symbolically.\n\n" + factor(),
    ]


if __name__ == "__main__":
    print("\n\n".join(parts()))
