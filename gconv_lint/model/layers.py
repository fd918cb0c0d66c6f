"""Layers as both front ends describe them: PyTorch's own argument names, values known or symbolic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gconv_lint.model.dims import Dim
from gconv_lint.model.places import Place, Related

#: What an argument can be: a Python literal as written in the program, or a ``Sym``.
Value = Any


def conv_length(length: int, taps: int, by: int, pad: int, step: int) -> int:
    """An axis behind a convolution of ``taps`` taps: stride ``by``, padding ``pad``, dilation ``step``.

    The formula of the page of torch.nn.Conv2d; the stride is above 0.
    """
    return (length + 2 * pad - step * (taps - 1) - 1) // by + 1


def transposed_length(length: int, taps: int, by: int, pad: int, step: int) -> int:
    """An axis behind a transposed convolution, without output padding; the page of torch.nn.ConvTranspose2d."""
    return (length - 1) * by - 2 * pad + step * (taps - 1) + 1


class ConvAttrs(NamedTuple):
    """The arguments of one convolution, bound by torch's signature.

    Values are as the program gives them, also where torch would refuse them (``groups=2.0``).
    ``weight_shape`` is known for functional calls only: (out, in / groups, *kernel), transposed (in, out / groups, ..).
    """

    rank: int
    in_channels: Value
    out_channels: Value
    kernel_size: Value
    stride: Value = 1
    padding: Value = 0
    dilation: Value = 1
    groups: Value = 1
    bias: Value = True
    transposed: bool = False
    lazy: bool = False
    weight_shape: tuple[Value, ...] | None = None


class CallSite(NamedTuple):
    """How the source wrote the call that made a layer; the front end that has no source leaves it out.

    ``target`` is the name the result is stored under (``depthwise`` of ``self.depthwise = ...``), ``given`` the
    parameters that the call binds itself, ``texts`` the source text of each bound argument, ``positional`` their
    number by position, ``starred`` whether ``*args`` or ``**kwargs`` may add more, ``in_module`` whether the class
    whose body has the call is a module of torch, ``None`` where that is not known, ``regrouped`` whether the file
    writes groups to layers later, ``alternative`` whether the call stands in a table or a conditional expression,
    ``callers`` the calls that lead to it, one row for each way, innermost first, ``elsewhere`` whether it stands in a
    file that is not under test, so that the layer is reported at a call that leads to it,
    ``twin_has_groups`` whether the function stores a convolution with groups under the same name as well,
    ``serves_forward`` whether the method that has the call is one that ``forward`` alone calls, each time.
    """

    function: str
    target: str = ""
    given: frozenset[str] = frozenset()
    texts: Mapping[str, str] = {}
    positional: int = 0
    starred: bool = False
    class_name: str = ""
    method: str = ""
    in_module: bool | None = True
    regrouped: bool = False
    alternative: bool = False
    twin_has_groups: bool = False
    serves_forward: bool = False
    lazily_guarded: bool = False
    sets_weights: bool = False
    callers: Sequence[tuple[Place, ...]] = ()
    elsewhere: bool = False


class Layer(NamedTuple):
    """One node of a layer graph: a module call, a functional call or an operation on tensors.

    ``attrs`` holds the arguments of layers that are not convolutions; ``trace`` the calls that led to the layer,
    innermost first; ``may_raise`` is set where the program expects the constructor to raise (``try``, ``raises``).
    """

    id: int
    kind: str
    name: str
    place: Place
    conv: ConvAttrs | None = None
    attrs: Mapping[str, Value] = {}
    inputs: tuple[int, ...] = ()
    in_shape: tuple[Dim, ...] | None = None
    out_shape: tuple[Dim, ...] | None = None
    dtype: str | None = None
    site: CallSite | None = None
    trace: tuple[Related, ...] = ()
    may_raise: bool = False
