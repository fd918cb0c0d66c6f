"""PyTorch's own convolution as something to be timed: what a user of the layer pays today."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import starmap
from operator import sub
from typing import Any

from gconv_lint.model.layers import transposed_length
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import events
from gconv_lint.probe.sampling import Contender

_TYPES = {"fp32": "float32", "tf32": "float32", "fp16": "float16", "bf16": "bfloat16"}
_FORMATS = {2: "channels_last", 3: "channels_last_3d"}
#: Runs before a graph is captured: cuDNN chooses its kernel in the first of them.
_FIRST_RUNS = 3


def available() -> bool:
    """Whether PyTorch is here, loads and has a GPU."""
    if find_spec("torch") is None:
        return False
    try:
        import torch
    except Exception:  # whatever a build for another CUDA raises
        return False
    return bool(torch.cuda.is_available())


def versions() -> list[str]:
    """Of PyTorch and cuDNN, where they are here."""
    if not available():
        return []
    import torch

    cudnn: Any = torch.backends.cudnn
    return [f"PyTorch {torch.__version__}", f"cuDNN {cudnn.version()}"]


def contender(shape: ConvShape, dtype: str, layout: str, copies: int) -> Contender:
    """One convolution in a graph of ``copies`` launches, each on tensors of its own, so that no cache helps.

    Raises ``RuntimeError`` for what PyTorch cannot run.
    """
    import torch

    torch.backends.cudnn.benchmark = True
    torch.backends.cudnn.allow_tf32 = dtype == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = dtype == "tf32"
    sets = [_tensors(torch, shape, dtype, layout) for _ in range(copies)]
    run = convolution(torch, shape)
    cuda: Any = torch.cuda
    stream = cuda.Stream()
    stream.wait_stream(cuda.current_stream())  # the tensors are made on that one
    with torch.no_grad(), cuda.stream(stream):
        for x, weight in sets[:1] * _FIRST_RUNS:
            run(x, weight)
        stream.synchronize()
        graph = cuda.CUDAGraph()
        with cuda.graph(graph, stream=stream):
            made = [run(x, weight) for x, weight in sets]

    def replay() -> None:
        assert all((sets, made)), "what the graph works on is kept as long as it is"
        graph.replay()

    return events.on_torch(replay, copies)


def multiplication(rows: int, dtype: str) -> Contender:
    """A product of two square matrices of random numbers."""
    import torch

    torch.backends.cuda.matmul.allow_tf32 = dtype == "tf32"
    left, right = (torch.randn(rows, rows, device="cuda", dtype=getattr(torch, _TYPES[dtype])) for _ in range(2))
    made = torch.empty_like(left)
    return events.on_torch(lambda: torch.matmul(left, right, out=made))


def _tensors(torch: Any, shape: ConvShape, dtype: str, layout: str) -> tuple[Any, Any]:
    """Random input and weight: zeros would be faster than what users multiply."""
    kind = getattr(torch, _TYPES[dtype])
    sizes = (shape.batch, shape.in_channels, *shape.in_size), shape.weight_size
    x, weight = (torch.randn(*each, device="cuda", dtype=kind) for each in sizes)
    if layout == "nhwc" and len(shape.kernel) in _FORMATS:
        memory = getattr(torch, _FORMATS[len(shape.kernel)])
        x, weight = x.to(memory_format=memory), weight.to(memory_format=memory)
    return x, weight


def convolution(torch: Any, shape: ConvShape) -> Any:
    """What PyTorch computes of an input and a weight."""
    rank = len(shape.kernel)
    name = f"conv_transpose{rank}d" if shape.transposed else f"conv{rank}d"
    function = getattr(torch.nn.functional, name)
    words: dict[str, Any] = {"stride": shape.stride, "dilation": shape.dilation, "groups": shape.groups}
    if shape.transposed:
        words |= {"padding": shape.padding, "output_padding": _output_padding(shape)}
    else:
        words |= {"padding": shape.padding if shape.symmetric else "same"}
    return lambda x, weight: function(x, weight, **words)


def _output_padding(shape: ConvShape) -> tuple[int, ...]:
    """What is missing to the length that was seen."""
    axes = zip(shape.in_size, shape.kernel, shape.stride, shape.padding, shape.dilation, strict=True)
    return tuple(map(sub, shape.out_size, starmap(transposed_length, axes)))
