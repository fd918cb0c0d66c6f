"""How PyTorch is asked to compute a shape: what it makes has to have the sizes that were seen."""

from __future__ import annotations

import pytest
import torch

from gconv_lint.costs.shapes import shape_of
from gconv_lint.model.layers import ConvAttrs, Layer
from gconv_lint.model.places import Place
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import library

HERE = Place("", 1, 1, 1, 1)
LAYERS = {
    "plain": (torch.nn.Conv2d(8, 8, 3, stride=2, padding=1, groups=4), (2, 8, 9, 7)),
    "same, even kernel": (torch.nn.Conv2d(8, 4, 4, padding="same", groups=2), (1, 8, 9, 7)),
    "valid": (torch.nn.Conv1d(6, 6, 3, padding="valid", dilation=2, groups=6), (1, 6, 20)),
    "three axes": (torch.nn.Conv3d(4, 4, (1, 3, 3), padding=(0, 1, 1), groups=4), (1, 4, 3, 6, 6)),
    "transposed": (torch.nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1, groups=4), (2, 8, 5, 6)),
}


def ran(module: torch.nn.Module, sizes: tuple[int, ...]) -> ConvShape:
    """The shape of a module as a recorded run gives it."""
    names = ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "transposed")
    conv = ConvAttrs(rank=len(sizes) - 2, **{name: getattr(module, name) for name in names})
    made = tuple(module(torch.zeros(sizes)).shape)
    shape = shape_of(Layer(id=0, kind="conv", name="", place=HERE, conv=conv, in_shape=sizes, out_shape=made))
    assert shape is not None
    return shape


@pytest.mark.parametrize(("module", "sizes"), LAYERS.values(), ids=LAYERS)
def test_what_is_timed_computes_what_the_layer_does(module: torch.nn.Module, sizes: tuple[int, ...]) -> None:
    x = torch.randn(sizes)
    made = library.convolution(torch, ran(module, sizes))(x, module.weight)
    expected = module(x) - module.bias.reshape(1, -1, *(1,) * (len(sizes) - 2))
    assert made.shape == expected.shape
    assert torch.allclose(made, expected, atol=1e-5)


@pytest.mark.parametrize(("module", "sizes"), LAYERS.values(), ids=LAYERS)
def test_weights_are_counted_as_torch_does(module: torch.nn.Module, sizes: tuple[int, ...]) -> None:
    assert ran(module, sizes).weights == module.weight.numel()


def test_without_a_gpu_nothing_is_available() -> None:
    assert library.available() is torch.cuda.is_available()
    assert (library.versions() == []) is not torch.cuda.is_available()
