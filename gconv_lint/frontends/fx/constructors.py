"""Watches the constructors of torch's layers: what the code under test passes them, and from where."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.nn.modules.conv import _LazyConvXdMixin

from gconv_lint.frontends.fx.stacks import Stacks

#: Attribute of a module that says which constructor call made it; copies of the module keep it.
MADE = "_gconv_lint_made"

_CONVS = [
    f"{lazy}Conv{transposed}{rank}d" for lazy in ("", "Lazy") for transposed in ("", "Transpose") for rank in "123"
]
_KINDS = {**dict.fromkeys(_CONVS, "conv"), "GroupNorm": "group_norm", "ChannelShuffle": "shuffle"}


class Made:
    """One call of a constructor: its arguments with defaults, the names it was given, and whether it raised.

    It is ``inherited`` where a class of the user's has no constructor of its own.
    """

    def __init__(self, function: str, values: dict[str, Any], given: list[str], chain: int, inherited: bool) -> None:
        self.kind = _KINDS[function]
        self.function = f"torch.nn.{function}"
        self.values = values
        self.given = given
        self.chain = chain
        self.inherited = inherited
        self.error: BaseException | None = None


class Constructors:
    """The calls seen so far, in their order."""

    def __init__(self, stacks: Stacks) -> None:
        self.made: list[Made] = []
        self._stacks = stacks
        self._running: set[int] = set()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note every layer that is constructed."""
        classes = [getattr(nn, name) for name in _KINDS]
        before = [(cls, cls.__init__) for cls in classes if "__init__" in vars(cls)]
        for cls, original in before:
            cls.__init__ = self._watched(cls.__name__, original)
        fill = _LazyConvXdMixin.initialize_parameters
        _LazyConvXdMixin.initialize_parameters = self._watched_filling(fill)  # type: ignore[method-assign]
        try:
            yield
        finally:
            _LazyConvXdMixin.initialize_parameters = fill  # type: ignore[method-assign]
            for cls, original in before:
                cls.__init__ = original

    def _watched(self, name: str, original: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(original)

        @functools.wraps(original)
        def init(module: nn.Module, *args: Any, **kwargs: Any) -> None:
            if id(module) in self._running:  # a lazy convolution calls the constructor of the plain one
                original(module, *args, **kwargs)
                return
            self._running.add(id(module))
            try:
                self._call(name, signature, original, module, args, kwargs)
            finally:
                self._running.discard(id(module))

        return init

    def _watched_filling(self, original: Callable[..., None]) -> Callable[..., None]:
        """What tells a lazy convolution its channels; those that torch refuses count as passed to its constructor."""

        @functools.wraps(original)
        def fill(module: nn.Module, *args: Any, **kwargs: Any) -> None:
            try:
                original(module, *args, **kwargs)
            except ValueError as error:
                number = vars(module).get(MADE)
                if number is not None:
                    self.made[number].values["in_channels"] = module.in_channels
                    self.made[number].error = error
                raise

        return fill

    def _call(
        self,
        name: str,
        signature: inspect.Signature,
        original: Callable[..., None],
        module: nn.Module,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        try:
            bound = signature.bind(module, *args, **kwargs)
        except TypeError:
            original(module, *args, **kwargs)  # which says what is wrong
            return
        given = list(bound.arguments)[1:]
        bound.apply_defaults()
        values = dict(list(bound.arguments.items())[1:])
        own = type(module).__module__.startswith("torch.")
        inherited = not own and getattr(type(module).__init__, "__wrapped__", None) is original
        made = Made(name, values, given, self._stacks.here(), inherited)
        self.made.append(made)
        try:
            original(module, *args, **kwargs)
        except Exception as error:
            made.error = error
            raise
        module.__dict__[MADE] = len(self.made) - 1
