"""What is known of functions outside of the program by their names alone."""

from __future__ import annotations

import sys

#: Functions outside that keep what they are given, or ask it something, and change nothing of it; they may make
#: something of it, which is unknown.
_GENTLE = (
    *("typing", "typing_extensions", "abc", "enum", "dataclasses", "copyreg", "atexit", "weakref", "contextlib"),
    *("inspect", "logging", "warnings", "types", "functools", "re", "os", "pathlib", "math", "importlib", "string"),
    *("torch.library", "torch.onnx", "torch.jit", "torch.fx", "torch.serialization", "torch.utils", "torch.ops"),
    *("torch.distributed", "torch.compile", "torch.autograd", "torch.compiler", "torch.overrides", "torch.ao"),
    *("torch.export", "torch._dynamo", "torch._C", "torch.distributions"),
)


def gentle(name: str) -> bool:
    """Whether a function outside changes nothing of what it is given."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in _GENTLE)


def is_library(name: str) -> bool:
    """Whether a module is of Python's library or torch's, which are there wherever models are."""
    head = name.partition(".")[0]
    return head in sys.stdlib_module_names or head in ("torch", "numpy")
