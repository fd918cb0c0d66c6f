"""Which modules have parameters of their own, and how many numbers these hold."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn
from torch.nn.utils.parametrize import type_before_parametrizations

from gconv_lint.costs import Owner
from gconv_lint.frontends.fx.recording import is_lazy

_PARAMETRIZED = ".parametrizations."


def owners(model: nn.Module) -> Mapping[str, Owner]:
    """The modules with parameters of their own by path, each parameter counted where it is met first.

    What the weight of a module is computed from (``torch.nn.utils.parametrizations``) is the module's own.
    """
    kinds = {path: type_before_parametrizations(part).__name__ for path, part in model.named_modules()}
    found: dict[str, Owner] = {}
    for name, parameter in model.named_parameters():
        if is_lazy(parameter):
            continue
        path = _owner(name)
        before = found.get(path, Owner(kinds.get(path, ""), 0, 0))
        trainable = before.trainable + parameter.numel() * parameter.requires_grad
        found[path] = before._replace(params=before.params + parameter.numel(), trainable=trainable)
    return found


def _owner(parameter: str) -> str:
    dotted = f".{parameter}"
    path = dotted.partition(_PARAMETRIZED)[0] if _PARAMETRIZED in dotted else dotted.rpartition(".")[0]
    return path.removeprefix(".")
