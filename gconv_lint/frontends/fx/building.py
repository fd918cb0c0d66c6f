"""Finds what a target names and makes it a module: the user's code runs here."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from gconv_lint.frontends.fx.faults import Fault, sentence, where
from gconv_lint.words import nearest

#: Constructors of numbers that programs compute with: they keep their values, all others get none.
_KEPT = frozenset((torch.tensor, torch.arange, torch.linspace, torch.randperm, torch.as_tensor, torch.from_file))


@cache
def _emptied() -> frozenset[Any]:
    """The functions of torch that make new tensors, without those that keep their values."""
    return frozenset(_device_constructors()) - _KEPT


class Built(NamedTuple):
    """A module with the inputs that its factory returned."""

    module: nn.Module
    inputs: Any = None


class _WithoutWeights(TorchFunctionMode):
    """New tensors of floating point numbers have no values, unless these are listed or counted out."""

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        dtype = options.get("dtype")
        floating = dtype is None or dtype.is_floating_point
        if func in _emptied() and options.get("device") is None and floating:
            options["device"] = torch.device("meta")
        return func(*args, **options)


def load(name: str, folder: str) -> tuple[Any, str]:
    """What ``path/file.py:name`` or ``pkg.module:name`` names, and the name. Raises ``Fault``."""
    where_, _, attribute = name.rpartition(":")
    if not where_ or not attribute:
        raise Fault(f"`{name}` names no model: allowed is path/file.py:name or pkg.module:name")
    module = _imported(where_, folder)
    found: Any = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            names = [word for word in vars(found) if not word.startswith("_")]
            raise Fault(f"there is no `{part}` in {where_}{nearest(part, names)}")
        found = getattr(found, part)
    return found, attribute


def _imported(name: str, folder: str) -> ModuleType:
    base = os.path.abspath(folder or os.curdir)
    sys.path.insert(0, base)
    try:
        if name.endswith(".py") or os.sep in name or "/" in name:
            return _of_file(os.path.abspath(os.path.join(base, name)))
        return importlib.import_module(name)
    except Exception as error:
        raise Fault(f"cannot be imported: {sentence(error)}", where(error)) from error


def _of_file(path: str) -> ModuleType:
    """The module of a file, under the name that its package gives it, so that its relative imports work."""
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {os.path.relpath(path)}")
    folder, stem = os.path.split(path)
    name = stem.removesuffix(".py")
    while os.path.isfile(os.path.join(folder, "__init__.py")) and os.path.basename(folder).isidentifier():
        folder, tail = os.path.split(folder)
        name = f"{tail}.{name}"
    sys.path.insert(0, folder)
    package = name.rpartition(".")[0]
    if package:
        importlib.import_module(package)
    if name in sys.modules and package:
        return sys.modules[name]
    # A file may have the name of a module that is loaded already: `test.py`, `random.py`.
    name = f"_target_{name}" if name in sys.modules else name
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(factory: Any, name: str, arguments: Mapping[str, Any], *, weights: bool) -> Built:
    """The module that ``factory`` is or makes. Raises ``Fault`` for what is no module, and what the factory raises."""
    if isinstance(factory, nn.Module):
        return Built(factory)
    if not callable(factory):
        raise Fault(f"`{name}` is of type {type(factory).__name__}; allowed are modules and callables that return one")
    _bind(factory, name, arguments)
    with nullcontext() if weights else _WithoutWeights():
        return _made(name, factory(**arguments))


def _bind(factory: Callable[..., Any], name: str, arguments: Mapping[str, Any]) -> None:
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(**arguments)
    except TypeError as error:
        names = [word for word in signature.parameters if word not in arguments]
        wrong = [word for word in arguments if word not in signature.parameters]
        close = nearest(wrong[0], names) if wrong else "; `--arg name=value` gives one"
        raise Fault(f"`{name}` cannot be called: {error}{close}") from None


def _made(name: str, result: Any) -> Built:
    if isinstance(result, nn.Module):
        return Built(result)
    pair = isinstance(result, (tuple, list)) and len(result) == 2 and not isinstance(result[1], nn.Module)
    if pair and isinstance(result[0], nn.Module):
        return Built(result[0], result[1])
    raise Fault(f"`{name}` returns a {type(result).__name__}; allowed are a module, or a module and its inputs")
