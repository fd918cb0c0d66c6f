"""What to build and run: real models by the names that users give them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Input(NamedTuple):
    """An example tensor, such as ``1x3x224x224:float32``; its type is a name of torch's."""

    shape: tuple[int, ...]
    dtype: str = "float32"

    def __str__(self) -> str:
        size = "x".join(map(str, self.shape))
        return size if self.dtype == "float32" else f"{size}:{self.dtype}"


class Alteration(NamedTuple):
    """A change of one convolution of a built model, by its path: other ``groups``, a ``shuffle`` of so many groups in
    front of it, a ``pointwise`` convolution behind it, or a ``separable`` one in its place.
    """

    layer: str
    kind: str
    groups: int = 1


class Target(NamedTuple):
    """A model: ``path/file.py:name`` or ``pkg.module:name``, what to call it with, what to run it on, and its budgets.

    ``folder`` is what paths and modules are relative to, the current one where it is empty. ``alterations`` are made
    to the model before it runs. ``watched`` are the paths of two layers between which channels are followed, the first
    of them empty for the input of the model.
    """

    name: str
    inputs: tuple[Input, ...] = ()
    args: Mapping[str, Any] = {}
    max_params: int | None = None
    max_macs: int | None = None
    folder: str = ""
    alterations: tuple[Alteration, ...] = ()
    watched: tuple[str, str] | None = None


class Limits(NamedTuple):
    """What the code under test may use: seconds, and bytes on top of what torch itself takes."""

    seconds: float = 120.0
    memory: int = 8 << 30
