"""One name for each thing of torch, however it was imported."""

from __future__ import annotations

import re
from functools import lru_cache

_MODULES = re.compile(r"^torch\.nn\.modules\.(?:\w+\.)?(?=[A-Z])")


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The documented name of what an import path reaches: ``torch.nn.modules.conv.Conv2d`` is ``torch.nn.Conv2d``."""
    if name.startswith("torch.nn.modules."):
        name = _MODULES.sub("torch.nn.", name)
    elif name.startswith(("torch.conv", "torch.channel_shuffle")):
        name = "torch.nn.functional." + name[6:]
    return "torch.nn.Parameter" if name == "torch.nn.parameter.Parameter" else name
