"""Our own kernels as something to be timed: compiled for one shape, checked, and captured in a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import events, reference
from gconv_lint.probe.kernels.spec import PLAIN_SHARED
from gconv_lint.probe.sampling import Contender
from gconv_lint.probe.specialise import FOLDER, KernelSpec

_WARM_UP = 3


class KernelError(RuntimeError):
    """A kernel that does not compile, or computes something else: it has no time."""


def contender(spec: KernelSpec, shape: ConvShape, dtype: str, layout: str, copies: int) -> Contender:
    """The kernel in a graph of ``copies`` launches, each on arrays of its own, so that no cache helps.

    Raises ``KernelError`` where it does not compile or an output is wrong.
    """
    import cupy

    kernel = compiled(spec)
    host = _arrays(shape, dtype, layout)
    sets = [tuple(map(cupy.array, host)) for _ in range(copies)]
    _launch(kernel, spec, sets[0])
    _check(cupy, shape, dtype, layout, sets[0])
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        for _ in range(_WARM_UP):
            _launch(kernel, spec, sets[0])
        stream.synchronize()
        stream.begin_capture()
        for each in sets:
            _launch(kernel, spec, each)
        graph = stream.end_capture()

    def replay() -> None:
        assert all((kernel, sets)), "what the graph works on is kept as long as it is"
        graph.launch(stream)

    return events.on_cupy(replay, copies, stream)


def compiled(spec: KernelSpec) -> Any:
    """The kernel, to be called with grid, block and pointers. Raises ``KernelError`` where it does not compile."""
    import cupy

    options = ("-std=c++17", f"-I{FOLDER}", *(f"-D{name}={value}" for name, value in spec.macros.items()))
    text = (FOLDER / spec.source).read_text(encoding="utf-8")
    module = cupy.RawModule(code=text, options=options)
    try:
        kernel = module.get_function(spec.name)
    except cupy.cuda.compiler.CompileException as error:
        raise KernelError(f"{spec.source} does not compile: {str(error).strip().splitlines()[-1]}") from None
    if spec.shared_bytes > PLAIN_SHARED:
        kernel.max_dynamic_shared_size_bytes = spec.shared_bytes
    return kernel


def _launch(kernel: Any, spec: KernelSpec, arrays: Sequence[Any]) -> None:
    kernel(spec.grid, spec.block, tuple(arrays), shared_mem=spec.shared_bytes)


def _arrays(shape: ConvShape, dtype: str, layout: str) -> tuple[Any, Any, Any]:
    """Random input and weight, and an output of NaNs, on the host; numbers of bf16 are held as their 16 bits."""
    import numpy

    random = numpy.random.default_rng(0)
    x = random.standard_normal((shape.batch, shape.in_channels, *shape.in_size), dtype=numpy.float32)
    weight = random.standard_normal(shape.weight_size, dtype=numpy.float32)
    made = numpy.full((shape.batch, shape.out_channels, *shape.out_size), numpy.nan, dtype=numpy.float32)
    found = (stored(each, dtype) for each in (x, weight, made))
    x, weight, made = (each if layout == "nchw" else _channels_last(each) for each in found)
    return x, weight, made


def _channels_last(array: Any) -> Any:
    return array.transpose(0, *range(2, array.ndim), 1).copy()


def stored(array: Any, dtype: str) -> Any:
    """Floats of the host as a kernel of that type reads them; numbers of bf16 are held as their 16 bits."""
    if dtype == "fp16":
        return array.astype("float16")
    return (array.view("uint32") >> 16).astype("uint16") if dtype == "bf16" else array


def _read(array: Any, dtype: str, layout: str) -> Any:
    """An array of the host as doubles, channels second."""
    if dtype == "bf16":
        array = (array.astype("uint32") << 16).view("float32")
    doubles = array.astype("float64")
    return doubles if layout == "nchw" else doubles.transpose(0, doubles.ndim - 1, *range(1, doubles.ndim - 1))


def _check(cupy: Any, shape: ConvShape, dtype: str, layout: str, arrays: Sequence[Any]) -> None:
    cupy.cuda.Device().synchronize()
    wrong = reference.faults(shape, dtype, *(_read(cupy.asnumpy(each), dtype, layout) for each in arrays))
    if wrong:
        raise KernelError(
            f"the kernel for {shape} in {dtype} {layout} is wrong at {wrong[0]} and {len(wrong) - 1} more"
        )
