"""The layer graph that every front end makes, and what it could not read."""

from __future__ import annotations

from typing import NamedTuple

from gconv_lint.model.gaps import Gap
from gconv_lint.model.layers import Layer

__all__ = ["Gap", "LayerGraph"]


class LayerGraph(NamedTuple):
    """Layers in topological order; ``outputs`` names the layers whose tensors leave the graph.

    ``path`` is the file of the class or script whose graph it is. ``closed`` says that nothing outside can mix the
    output's channels any more: the model is run as it is.
    """

    name: str
    layers: tuple[Layer, ...]
    outputs: tuple[int, ...]
    closed: bool = False
    gaps: tuple[Gap, ...] = ()
    path: str = ""

    def verify(self) -> None:
        """Raise ``ValueError`` unless ids are distinct and every input comes before its use."""
        seen: set[int] = set()
        for layer in self.layers:
            if layer.id in seen or not seen.issuperset(layer.inputs):
                raise ValueError(f"layer {layer.id} of graph {self.name} is repeated or reads a later layer")
            seen.add(layer.id)
        if not seen.issuperset(self.outputs):
            raise ValueError(f"graph {self.name} has outputs that no layer makes")
