"""Runs the kernels on a CPU: compiled by g++ with the address sanitizer, a fiber for each CUDA thread."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

import torch

from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe import library
from gconv_lint.probe.kernels.spec import KernelSpec
from gconv_lint.probe.specialise import FOLDER

HERE = Path(__file__).parent
ORDERS = ("forward", "reverse", "shuffled")
TYPES = {"fp32": torch.float32, "tf32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
#: How far off a sum may be, as a part of the sum of its products' sizes: rounding of the sum, then of the output.
TOLERANCE = {"fp32": 2.0**-20, "tf32": 2.0**-9, "fp16": 2.0**-10, "bf16": 2.0**-7}
_COMPILE = ("g++", "-std=c++20", "-O1", "-w", "-ffp-contract=off")
_CHECKED = ("-fsanitize=address", "-fno-omit-frame-pointer")


class KernelFault(Exception):
    """A run that stopped: an access out of bounds, or threads that wait for each other."""


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="gconv-kernels-")


@cache
def _scheduler() -> Path:
    built = Path(_folder().name, "run.o")
    subprocess.run([*_COMPILE, "-c", str(HERE / "run.cpp"), "-o", str(built)], check=True)
    return built


def build(spec: KernelSpec, edit: tuple[str, str] | None = None) -> Path:
    """A program that runs the kernel; ``edit`` replaces a text in its source, which has to be there."""
    text = (FOLDER / spec.source).read_text(encoding="utf-8")
    if edit is not None:
        assert edit[0] in text
        text = text.replace(*edit)
    arguments = ", ".join(f"Pointer(arguments[{i}])" for i in range(_parameters(text, spec.name)))
    entry = (
        "struct Pointer { void* to; Pointer(void* to) : to(to) {}\n"
        "template <class T> operator T*() const { return static_cast<T*>(to); } };\n"
        f'extern "C" void launch_kernel(void** arguments) {{ {spec.name}({arguments}); }}\n'
    )
    built = Path(tempfile.mkdtemp(dir=_folder().name))
    source = built / "kernel.cpp"
    source.write_text(f'#include <cuda.h>\n#line 1 "{spec.source}"\n{text}\n{entry}', encoding="utf-8")
    macros = [f"-D{name}={value}" for name, value in spec.macros.items()]
    folders = [f"-I{HERE}", f"-I{FOLDER}"]
    command = [*_COMPILE, *_CHECKED, *macros, *folders, str(source), str(_scheduler()), "-o", str(built / "run")]
    subprocess.run(command, check=True)
    return built / "run"


def _parameters(text: str, name: str) -> int:
    """How many pointers the entry takes."""
    return text.split(f"{name}(", 1)[1].split(")", 1)[0].count(",") + 1


def run(program: Path, spec: KernelSpec, arguments: list[torch.Tensor], order: str = "forward") -> torch.Tensor:
    """The last argument as the kernel leaves it; it is full of NaNs before. Raises ``KernelFault``."""
    paths = [program.parent / f"{number}.bin" for number, _ in enumerate(arguments)]
    for path, tensor in zip(paths[:-1], arguments[:-1], strict=True):
        path.write_bytes(_bytes(tensor))
    paths[-1].write_bytes(b"\xff" * arguments[-1].numel() * arguments[-1].element_size())
    grid = (*spec.grid, 1)[:2]
    words = [order, "1", *map(str, (*grid, *spec.block, spec.shared_bytes)), *map(str, paths)]
    done = subprocess.run([str(program), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise KernelFault(done.stderr)
    made = torch.frombuffer(bytearray(paths[-1].read_bytes()), dtype=arguments[-1].dtype)
    return made.reshape(arguments[-1].shape)


def _bytes(tensor: torch.Tensor) -> bytes:
    return bytes(tensor.contiguous().flatten().view(torch.uint8).tolist())


def convolution(shape: ConvShape, dtype: str, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Random input and weight, channels first."""
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(shape.batch, shape.in_channels, *shape.in_size, generator=random)
    weight = torch.randn(shape.weight_size, generator=random)
    return x.to(TYPES[dtype]), weight.to(TYPES[dtype])


def laid_out(tensor: torch.Tensor, layout: str) -> torch.Tensor:
    return tensor if layout == "nchw" else tensor.movedim(1, -1).contiguous()


def compute(
    program: Path, spec: KernelSpec, shape: ConvShape, dtype: str, layout: str, order: str = "forward", seed: int = 0
) -> torch.Tensor:
    """What the kernel makes of random data, channels first."""
    made = torch.empty(shape.batch, shape.out_channels, *shape.out_size, dtype=TYPES[dtype])
    tensors = [laid_out(each, layout) for each in (*convolution(shape, dtype, seed), made)]
    found = run(program, spec, tensors, order)
    return found if layout == "nchw" else found.movedim(-1, 1)


def error(shape: ConvShape, dtype: str, made: torch.Tensor, seed: int = 0) -> float:
    """The worst error beside torch in double precision, one where it is as large as is allowed."""
    x, weight = (each.double() for each in convolution(shape, dtype, seed))
    exact, sizes = (_exact(shape, *pair) for pair in ((x, weight), (x.abs(), weight.abs())))
    worst = (made.double() - exact).abs() / (TOLERANCE[dtype] * sizes + 1e-30)
    return float("inf") if worst.isnan().any() else float(worst.max())


def _exact(shape: ConvShape, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    if shape.transposed:
        return library.convolution(torch, shape)(x, weight)
    function = (torch.conv1d, torch.conv2d, torch.conv3d)[len(shape.kernel) - 1]
    ends = [
        max(0, (made - 1) * by + (taps - 1) * step + 1 - size - before)
        for made, by, taps, step, size, before in zip(
            shape.out_size, shape.stride, shape.kernel, shape.dilation, shape.in_size, shape.padding, strict=True
        )
    ]
    padding = [size for pair in reversed(list(zip(shape.padding, ends, strict=True))) for size in pair]
    padded = torch.nn.functional.pad(x, padding)
    return function(padded, weight, None, shape.stride, 0, shape.dilation, shape.groups)[
        (..., *(slice(made) for made in shape.out_size))
    ]
