"""What a run notes for rules: the constructor calls of layers, and the calls that lead to each of them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.fx.stacks import MAX_DEPTH, Spot
from gconv_lint.frontends.whole.frames import Frame
from gconv_lint.frontends.whole.torch_layers import LAYERS, WATCHED
from gconv_lint.frontends.whole.values import Native, Obj, Raised, Value

if TYPE_CHECKING:
    from gconv_lint.frontends.whole.interpreter import Interpreter


class Made:
    """One constructor call: its arguments with defaults, the names that it was given, and whether it raised."""

    __slots__ = ("chain", "error", "given", "inherited", "name", "values")

    def __init__(self, name: str, values: dict[str, Value], given: list[str], chain: int, inherited: bool) -> None:
        self.name = name
        self.values = values
        self.given = given
        self.chain = chain
        self.inherited = inherited
        self.error: Value = None


class Watched:
    """The constructor calls so far, and the chains of calls, each kept once."""

    def __init__(self, interp: Interpreter, first: int = 0) -> None:
        self.interp = interp
        #: the number of the first call: modules of runs before have lower ones
        self.first = first
        self.made: list[Made] = []
        self.spots: list[Spot] = []
        self.chains: list[tuple[int, ...]] = []
        #: by the node that a call is, which is kept: another one may get its place in memory else
        self._spot_numbers: dict[ast.AST, int] = {}
        self._chain_numbers: dict[tuple[int, ...], int] = {}

    def chain(self) -> int:
        """The number of the chain of calls that leads here."""
        found: list[int] = []
        frame, numbers = self.interp.frame, self._spot_numbers
        while frame is not None and len(found) < MAX_DEPTH:
            node = frame.node
            if node is not None:
                number = numbers.get(node)
                found.append(self._spot(frame) if number is None else number)
            frame = frame.outer
        chain = tuple(found)
        known = self._chain_numbers.get(chain)
        if known is None:
            known = self._chain_numbers[chain] = len(self.chains)
            self.chains.append(chain)
        return known

    def _spot(self, frame: Frame) -> int:
        node: Any = frame.node
        number = self._spot_numbers[node] = len(self.spots)
        place = (node.lineno, node.end_lineno or -1, node.col_offset, node.end_col_offset or -1)
        self.spots.append(Spot(frame.namespace.path, frame.name, *place))
        return number

    @contextmanager
    def constructor(self, name: str, module: Obj, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Iterator[None]:
        """Note the call of a constructor that rules judge."""
        made = self._noted(name, module, args, kwargs) if name in WATCHED else None
        try:
            yield
        except Raised as error:
            if made is not None:
                made.error = error.value
            raise

    def _noted(self, name: str, module: Obj, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Made | None:
        try:
            bound = _signature(name).bind(*args, **kwargs)
        except TypeError:
            return None
        given = list(bound.arguments)
        bound.apply_defaults()
        inherited = module.cls.name != name and isinstance(module.cls.lookup("__init__"), Native)
        made = Made(name, dict(bound.arguments), given, self.chain(), inherited)
        module.made = self.first + len(self.made)
        self.made.append(made)
        return made


@cache
def _signature(name: str) -> inspect.Signature:
    """The parameters of a layer's constructor, without the interpreter and the module itself."""
    if name == "ChannelShuffle":
        return inspect.Signature([inspect.Parameter("groups", inspect.Parameter.POSITIONAL_OR_KEYWORD)])
    found = inspect.signature(LAYERS[name].init)
    return found.replace(parameters=list(found.parameters.values())[2:])
