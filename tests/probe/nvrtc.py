"""NVIDIA's run-time compiler through ctypes: machine code for any GPU, with neither a GPU nor a driver."""

from __future__ import annotations

import ctypes
import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gconv_lint.probe.kernels.spec import KernelSpec
from gconv_lint.probe.specialise import FOLDER

#: Architectures, from Turing to Blackwell.
ARCHITECTURES = (75, 80, 86, 89, 90, 100, 120)


#: Registers of a multiprocessor, and threads that should find place on it at once.
REGISTERS, THREADS = 65536, 256


class CompileError(Exception):
    """What the compiler says of a source that it refuses."""


class Compiled(NamedTuple):
    """What a thread takes, spilled bytes included, and the text of the program in PTX."""

    registers: int
    spilled: int
    stack: int
    ptx: str


@cache
def _library() -> ctypes.CDLL:
    """The library of the wheel ``nvidia-cuda-nvrtc``."""
    found = importlib.util.find_spec("nvidia")
    folders = [Path(each) for each in (found.submodule_search_locations if found else None) or ()]
    for folder in folders:
        for path in sorted(folder.glob("cu*/lib/libnvrtc.so.*")):
            return ctypes.CDLL(str(path))
    raise ImportError("the compiler of the wheel nvidia-cuda-nvrtc is not installed")


def serves(spec: KernelSpec, architecture: int) -> bool:
    """Whether a GPU can run the kernel: tensor cores take bf16 and tf32 from Ampere on."""
    return architecture >= 80 or not spec.tensor_cores or spec.macros["NUMBER"] == "fp16"


def faults(spec: KernelSpec, found: Compiled) -> list[str]:
    """What makes a compiled kernel slow: spilled registers, arrays in memory, no place for two blocks of 128."""
    said = [f"{found.spilled} bytes are spilled"] if found.spilled else []
    said += [f"{found.stack} bytes of a stack"] if found.stack else []
    if found.registers * max(spec.block[0], THREADS) > REGISTERS:
        said.append(f"{found.registers} registers for each of {spec.block[0]} threads")
    if spec.tensor_cores and "mma.sync" not in found.ptx:
        said.append("no tensor cores are used")
    return said


def compiled(spec: KernelSpec, architecture: int) -> Compiled:
    """The kernel compiled to machine code for one architecture; raises ``CompileError``."""
    library, program = _library(), ctypes.c_void_p()
    text = (FOLDER / spec.source).read_bytes()
    library.nvrtcCreateProgram(ctypes.byref(program), text, spec.source.encode(), 0, None, None)
    options = ["-std=c++17", f"-arch=sm_{architecture}", f"-I{FOLDER}", "--ptxas-options=-v"]
    options += [f"-D{name}={value}" for name, value in spec.macros.items()]
    words = (ctypes.c_char_p * len(options))(*(each.encode() for each in options))
    failed = library.nvrtcCompileProgram(program, len(options), words)
    log, ptx = _text(library, program, "ProgramLog"), ""
    if not failed:
        ptx = _text(library, program, "PTX")
    library.nvrtcDestroyProgram(ctypes.byref(program))
    if failed:
        raise CompileError(log)
    return Compiled(
        *(_number(log, each) for each in (r"Used (\d+) reg", r"(\d+) bytes spill st", r"(\d+) bytes st")), ptx
    )


def _text(library: ctypes.CDLL, program: ctypes.c_void_p, what: str) -> str:
    size = ctypes.c_size_t()
    getattr(library, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
    text = ctypes.create_string_buffer(size.value)
    getattr(library, f"nvrtcGet{what}")(program, text)
    return text.value.decode()


def _number(log: str, pattern: str) -> int:
    found = re.search(pattern, log)
    if found is None:
        raise CompileError(f"the compiler does not tell what the kernel takes: {log}")
    return int(found[1])
