"""The models of published zoos: their names, families and what they run on. Needs torch and the zoos' packages."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bench.packages import source

T = TypeVar("T")

#: Sizes of inputs, such as ``1x3x224x224`` or ``2:int64``, where a model does not tell them itself.
INPUTS: dict[str, tuple[str, ...]] = {
    "pytorchcv.models.nvpattexp": ("2x8x16x29", "2:int64"),
    "pytorchcv.models.pfpcnet": ("1x1x320x240",),
    "pytorchcv.models.propainter": ("1x5x2x240x432", "1x5x1x240x432"),
    "pytorchcv.models.propainter_ip": ("5x3x240x432", "5x1x240x432", "4x4x240x432"),
    "pytorchcv.models.propainter_rfc": ("1x5x2x240x432", "1x5x1x240x432"),
    "pytorchcv.models.raft": ("1x3x240x432", "1x3x240x432"),
    "pytorchcv.models.superpointnet": ("1x1x32x40",),
    "pytorchcv.models.visemenet": ("34x8x195", "34x76"),
    "pytorchcv.models.voca": ("2x1x16x29", "2:int64"),
    "torchvision.models.inception": ("1x3x299x299",),
    "torchvision.models.optical_flow.raft": ("1x3x240x432", "1x3x240x432"),
    "torchvision.models.video": ("1x3x16x112x112",),
    "torchvision.models.video.mvit": ("1x3x16x224x224",),
    "torchvision.models.video.s3d": ("1x3x16x224x224",),
    "torchvision.models.video.swin_transformer": ("1x3x16x224x224",),
}


#: Arguments of the models of a module or package, which would download the weights of a part.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "torchvision.models.detection": {"weights_backbone": None},
    "torchvision.models.segmentation": {"weights_backbone": None},
}


class Model(NamedTuple):
    """A model by ``package.module:name``, as ``gconv-lint model`` takes it."""

    target: str

    @property
    def name(self) -> str:
        """The name that the zoo gives it."""
        return self.target.rpartition(":")[2]

    @property
    def module(self) -> str:
        """The module that makes it: its family."""
        return self.target.rpartition(":")[0]

    @property
    def arguments(self) -> dict[str, Any]:
        """What it is called with."""
        return _of_module(ARGUMENTS, self.module) or {}

    def make(self) -> Any:
        """The module, without pretrained weights."""
        return getattr(import_module(self.module), self.name)(**self.arguments)


def folder(zoo: str) -> Path:
    """Where a zoo's package lies."""
    return source(zoo)


def listed(zoo: str) -> list[Model]:
    """The models of a zoo by the order of its own list; from now on they can be imported."""
    sys.path.insert(0, str(folder(zoo)))
    return [Model(target) for target in _LISTS[zoo]()]


def one_per_family(models: Sequence[Model]) -> list[Model]:
    """The first model of each module."""
    return list({model.module: model for model in reversed(models)}.values())[::-1]


def chosen(zoo: str, every: bool) -> list[Model]:
    """The first model of each family, or ``every`` one; of timm, whose families are large, the first and the last."""
    models = listed(zoo)
    first = one_per_family(models)
    if not every:
        return first
    kept = {*first, *one_per_family(models[::-1])} if zoo == "timm" else set(models)
    return [model for model in models if model in kept]


def inputs(model: Model, built: Any) -> tuple[str, ...]:
    """The sizes that a model is run on: those it tells, or those of the table, of images where neither knows."""
    known = _of_module(INPUTS, model.module)
    if known is not None:
        return known
    size = getattr(built, "in_size", None)  # pytorchcv
    if isinstance(size, (tuple, list)):
        return ("x".join(map(str, (1, getattr(built, "in_channels", 3), *size))),)
    settings = getattr(built, "default_cfg", None) or {}  # timm
    return ("x".join(map(str, (1, *settings.get("input_size", (3, 224, 224))))),)


def _of_module(table: Mapping[str, T], module: str) -> T | None:
    """What a table says of a module, or of the package that it is in."""
    return table.get(module, table.get(module.rpartition(".")[0]))


def _of_pytorchcv() -> Iterator[str]:
    """Read, not imported: the list needs torchvision, which nearly none of the models does."""
    path = folder("pytorchcv") / "pytorchcv" / "model_provider.py"
    body = ast.parse(path.read_text(encoding="utf-8")).body
    imports = [node for node in body if isinstance(node, ast.ImportFrom)]
    modules = {alias.name: f"pytorchcv.{node.module}" for node in imports for alias in node.names}
    (table,) = (node.value for node in body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict))
    return (f"{modules[value.id]}:{value.id}" for value in table.values if isinstance(value, ast.Name))


def _of_timm() -> Iterator[str]:
    registry = import_module("timm.models._registry")
    makers = registry._model_entrypoints.items()
    return (f"{make.__module__}:{name}" for name, make in makers if make.__module__ != registry.__name__)


def _of_torchvision() -> Iterator[str]:
    makers = import_module("torchvision.models._api").BUILTIN_MODELS
    import_module("torchvision.models")
    return (f"{make.__module__}:{make.__name__}" for make in makers.values())


_LISTS: dict[str, Callable[[], Iterator[str]]] = {
    "pytorchcv": _of_pytorchcv,
    "timm": _of_timm,
    "torchvision": _of_torchvision,
}
