"""Classes that call themselves separable: ``separable_class``."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import (
    argument,
    calls,
    has_stars,
    integer,
    nodes,
    on_self,
    stored_on_self,
)
from gconv_lint.frontends.source.constructs.torch_names import CONSTRUCTOR_GROUPS, CONV_CLASSES
from gconv_lint.model.constructs import Construct

#: Modules and functions that keep channels apart; whatever is not listed may mix them.
_PER_CHANNEL = (
    r"torch\.nn\.(?:Sequential|ModuleList|ModuleDict|Identity|Module|Parameter|Upsample\w*|Softplus|Softsign|Mish|Threshold"
    r"|(?:Lazy|Sync)?(?:Batch|Instance)Norm\w*|\w*(?:Drop|drop)\w*|\w*Pool\w*|\w*Pad\d?d?|\w*ReLU6?|\w*ELU|\w*LU"
    r"|\w*[Ss]igmoid|\w*[Ss]wish|\w*[Tt]anh\w*"
    r"|functional\.(?:pad|interpolate|\w*relu6?_?|\w*elu|silu|mish|\w*pool\w*|\w*dropout\w*|batch_norm|instance_norm"
    r"|\w*sigmoid|\w*swish|\w*tanh)"
    r"|init\.\w+)|torch\.(?:relu_?|sigmoid|tanh|selu|rrelu|batch_norm|dropout)"
)
#: "Inseparable", and "non-separable".
_NOT = r"(?:in|un|non|not)_?separable"
#: What else is separable by its name: a filter into rows and columns, or the depthwise part of the whole.
_SPATIAL = r"spatial|blur|gauss|filter|smooth|sobel|window|box|axial|row|column|edge"
_PART = r"separable.*(?:depth_?wise|dw|part|half|first)|^(?:depth_?wise|dw)_?of"
_DENSE = frozenset(f"torch.nn.{name}" for name in ("Linear", "LazyLinear", "Bilinear"))
_HARMLESS = frozenset(
    {"super", "__init__", "append", "extend", "add", "add_module", "register_parameter", "register_buffer"}
    | {"size", "view", "reshape", "contiguous", "int", "float", "tuple", "list", "range", "len", "min", "max"}
    | {"zip", "enumerate", "isinstance", "type", "print", "modules", "parameters", "ValueError"}
)


def find(file: SourceFile) -> Iterator[Construct]:
    """One construct for each class whose name has "separable" in it."""
    if "eparable" not in file.text:
        return
    for scope in file.outline.classes:
        name = scope.name.lower()
        if "separable" in name and not re.search(_NOT, name):
            yield _construct(file, scope)


def _construct(file: SourceFile, scope: Scope) -> Construct:
    numbers = _numbers(scope)
    kinds = Counter(_kind(file, call, numbers) for call in calls(scope.node.body))
    unknown = kinds["unknown"] + _unknown_attributes(scope) + _matrix_products(scope) + _channel_choices(scope)
    values = {
        "class_name": scope.name,
        "depthwise_convs": kinds["depthwise"],
        "dense_layers": kinds["dense"],
        "unknown_calls": unknown,
        "is_subclass": [file.names.resolve(base) for base in scope.node.bases] != ["torch.nn.Module"],
        "spatial": _is_spatial(file, scope, kinds["depthwise"]),
        "part": re.search(_PART, scope.name.lower()) is not None,
    }
    return Construct(kind="separable_class", place=file.header(scope), values=values)


def _is_spatial(file: SourceFile, scope: Scope, depthwise: int) -> bool:
    """Whether the class separates axes rather than channels, as two filters one behind the other may."""
    named = re.search(_SPATIAL, scope.name.lower()) is not None
    return named or depthwise > 1 or any(not _same_sides(call) for call in _convs(file, scope))


def _numbers(scope: Scope) -> dict[str, int | None]:
    """The variables that are integer literals; ``None`` for those that are something else as well."""
    found: dict[str, int | None] = {}
    for node in nodes(scope.node.body):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                name, value = on_self(target) or getattr(target, "id", ""), integer(node.value)
                found[name] = value if found.get(name, value) == value else None
    return found


def _convs(file: SourceFile, scope: Scope) -> Iterator[ast.Call]:
    return (call for call in calls(scope.node.body) if file.names.resolve(call.func) in CONV_CLASSES)


def _kind(file: SourceFile, call: ast.Call, numbers: Mapping[str, int | None]) -> str:
    name = file.names.resolve(call.func)
    if name in CONV_CLASSES:
        return _conv_kind(file, call, numbers)
    if name in _DENSE:
        return "dense"
    if on_self(call.func):
        return "attribute"
    last = call.func.attr if isinstance(call.func, ast.Attribute) else name
    return "harmless" if last in _HARMLESS or re.fullmatch(_PER_CHANNEL, name) else "unknown"


def _conv_kind(file: SourceFile, call: ast.Call, numbers: Mapping[str, int | None]) -> str:
    groups = argument(call, "groups", CONSTRUCTOR_GROUPS)
    channels = argument(call, "in_channels", 0)
    if groups is None:
        return "unknown" if has_stars(call) else "dense"
    if integer(groups) == 1 or numbers.get(_without_self(file.code(groups))) == 1:
        return "dense"
    if channels is not None and _without_self(file.code(groups)) == _without_self(file.code(channels)):
        return "depthwise"
    return "unknown"


def _without_self(text: str) -> str:
    return text.replace("self.", "")


def _unknown_attributes(scope: Scope) -> int:
    """How many calls ``self.x(...)`` call something that the class did not build itself, such as an injected module."""
    built = {name for name, value in stored_on_self(scope.node.body) if isinstance(value, ast.Call)}
    known = built | set(scope.methods)
    return sum(1 for call in calls(scope.node.body) if (name := on_self(call.func)) and name not in known)


def _matrix_products(scope: Scope) -> int:
    return sum(isinstance(node, ast.MatMult) for node in nodes(scope.node.body))


def _channel_choices(scope: Scope) -> int:
    """How many subscripts ``x[:, index]`` take channels apart, which can mix them in another order."""
    places = (node.slice for node in nodes(scope.node.body) if isinstance(node, ast.Subscript))
    return sum(isinstance(p, ast.Tuple) and len(p.elts) > 1 and not _whole(p.elts[1]) for p in places)


def _whole(index: ast.expr) -> bool:
    """``:``."""
    return isinstance(index, ast.Slice) and index.lower is index.upper is index.step is None


def _same_sides(call: ast.Call) -> bool:
    """Whether the kernel is not 1 long along some axes only, which is the other thing that is called separable."""
    kernel = argument(call, "kernel_size", 2)
    if not isinstance(kernel, (ast.Tuple, ast.List)):
        return True
    ones = [integer(size) == 1 for size in kernel.elts]
    return all(ones) or not any(ones)
