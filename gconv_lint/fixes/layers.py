"""Where a layer is made and used: the class, the statement and the call that an inserted layer goes beside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gconv_lint.fixes.documents import Document
from gconv_lint.fixes.spots import Spot, assignments
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.model.fixes import Plan

#: Modules without parameters, whose place in a container can be shared without renaming anything.
PARAMETERLESS = frozenset(
    (
        *("ReLU", "ReLU6", "LeakyReLU", "GELU", "SiLU", "Mish", "ELU", "CELU", "SELU", "Sigmoid", "Tanh", "Softplus"),
        *("Hardswish", "Hardsigmoid", "Hardtanh", "Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d"),
        *("AlphaDropout", "ChannelShuffle", "Upsample", "ZeroPad2d", "ReflectionPad2d", "ReplicationPad2d"),
        *("MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d"),
    )
)

#: Methods that a container of layers has as well.
_OF_MODULES = frozenset(("cpu", "cuda", "double", "eval", "float", "forward", "half", "state_dict", "to", "train"))
_NORM = re.compile(r"norm|(^|_)bn", re.IGNORECASE)


class Attribute(NamedTuple):
    """A layer that ``__init__`` of a class stores under ``name`` and its methods call once."""

    document: Document
    owner: ast.ClassDef
    name: str
    made: ast.Call
    statement: ast.stmt
    used: ast.Call

    @property
    def taken(self) -> set[str]:
        """Names that an attribute of the class has already."""
        return {n.attr for n in ast.walk(self.owner) if isinstance(n, ast.Attribute)} | {
            n.name for n in ast.walk(self.owner) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
        }


def attribute(document: Document, owner: ast.ClassDef, name: str) -> Attribute | None:
    """The layer ``self.name`` of a class, where it is made in one place and used in one."""
    made = [value for target, value in assignments(owner) if dotted(target) == f"self.{name}"]
    used = [n for n in ast.walk(owner) if isinstance(n, ast.Call) and dotted(n.func) == f"self.{name}"]
    mentions = [n for n in ast.walk(owner) if isinstance(n, ast.Attribute) and dotted(n) == f"self.{name}"]
    if len(made) != 1 or len(used) != 1 or len(mentions) != 2 or not isinstance(made[0], ast.Call):
        return None
    function, statement = document.function_of(made[0]), document.statement_of(made[0])
    plain = len(used[0].args) == 1 and not used[0].keywords and not isinstance(used[0].args[0], ast.Starred)
    if function is None or function.name != "__init__" or statement not in function.body or not plain:
        return None
    return Attribute(document, owner, name, made[0], statement, used[0])


def class_named(document: Document, name: str) -> ast.ClassDef | None:
    """The one class of that name in a file."""
    found = [n for n in ast.walk(document.tree) if isinstance(n, ast.ClassDef) and n.name == name]
    return found[0] if len(found) == 1 else None


def stored_under(document: Document, call: ast.Call) -> str:
    """``name`` where the statement of a call is ``self.name = call``."""
    statement = document.statement_of(call)
    if isinstance(statement, ast.Assign) and statement.value is call and len(statement.targets) == 1:
        head, _, name = dotted(statement.targets[0]).rpartition(".")
        return name if head == "self" else ""
    return ""


class Element(NamedTuple):
    """A layer that stands as the argument ``number`` of a call of ``Sequential``."""

    document: Document
    container: ast.Call
    number: int

    @property
    def before(self) -> Iterator[ast.expr]:
        """The elements in front of it, nearest first."""
        return reversed(self.container.args[: self.number])


def element(document: Document, call: ast.Call) -> Element | None:
    """Where a call stands in a literal Sequential."""
    container = document.parents.get(call)
    if not isinstance(container, ast.Call) or dotted(container.func).rpartition(".")[2] != "Sequential":
        return None
    if any(isinstance(each, ast.Starred) for each in container.args) or call not in container.args:
        return None
    return Element(document, container, container.args.index(call))


def is_normed_here(plan: Plan, spot: Spot | None) -> bool:
    """Whether a norm is made beside the call ``spot``, and nothing of that place is known to go without one."""
    if spot is None or not plan.everywhere:
        return False
    document, call = spot.document, spot.node
    inside = element(document, call) if isinstance(call, ast.Call) else None
    scope = inside.container if inside is not None else document.function_of(call) or document.tree
    names = (dotted(each.func).rpartition(".")[2] for each in ast.walk(scope) if isinstance(each, ast.Call))
    return any(_NORM.search(name) for name in names)


def is_looked_into(document: Document, call: ast.Call) -> bool:
    """Whether attributes of the layer are read, which a sequence of layers has not."""
    statement = document.statement_of(call)
    if not isinstance(statement, ast.Assign) or statement.value is not call:
        return False
    names = {dotted(target) for target in statement.targets}
    read = (each for each in ast.walk(document.tree) if isinstance(each, ast.Attribute))
    return any(dotted(each.value) in names and each.attr not in _OF_MODULES for each in read)


def is_appended(document: Document, call: ast.Call) -> bool:
    """Whether a layer is put into a list where it is made: ``layers.append(call)``."""
    around = document.parents.get(call)
    return isinstance(around, ast.Call) and dotted(around.func).endswith(".append") and around.args == [call]


def is_parameterless(node: ast.expr) -> bool:
    """Whether an expression makes a module that has no parameters and no state."""
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in PARAMETERLESS


def torch_nn(document: Document) -> str:
    """The shortest name under which a file has ``torch.nn``, empty where it has none."""
    return min(_torch_nn_names(document.tree.body), key=len, default="")


def _torch_nn_names(body: Sequence[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "torch.nn" and alias.asname:
                    yield alias.asname
                elif alias.name in ("torch", "torch.nn"):
                    yield f"{alias.asname or 'torch'}.nn"
        elif isinstance(node, ast.ImportFrom) and node.module == "torch" and not node.level:
            yield from (alias.asname or "nn" for alias in node.names if alias.name == "nn")
