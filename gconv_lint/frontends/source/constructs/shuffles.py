"""Functions and classes that permute channels: ``shuffle_function``, and whether anything refers to them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from gconv_lint.frontends.source.constructs.grouped_convs import builds_grouped_convs
from gconv_lint.frontends.source.constructs.imports import dotted
from gconv_lint.frontends.source.constructs.outline import Scope
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.frontends.source.constructs.syntax import calls
from gconv_lint.frontends.source.constructs.torch_names import names_channel_shuffle
from gconv_lint.model.constructs import Construct

_REORDERS = frozenset({"transpose", "permute", "swapaxes", "swapdims"})
_RESHAPES = frozenset({"view", "reshape", "flatten", "unflatten"})
#: Lookups by names that are worked out; ``getattr`` with a plain text is none.
_COMPUTED = r"\b(?:globals|locals|vars|eval|exec)\(|\.__dict__|getattr\([^,()]*,(?!\s*[\"'][^\"'+%]*[\"']\s*[,)])"
_PLAIN_DECORATORS = frozenset({"staticmethod", "classmethod", "property", "torch.jit.script", "torch.jit.ignore"})


def find(file: SourceFile) -> Iterator[Construct]:
    """Candidates; :func:`link` completes them, as only the whole project shows what is referenced."""
    if "huffle" not in file.text:
        return
    found = [s for s in file.outline.scopes if names_channel_shuffle(s.name) and _permutes(file, s)]
    grouped = builds_grouped_convs(file) if found else None
    for scope in found:
        values = {
            "name": scope.name,
            "kind": _kind(scope),
            "permutes": True,
            "exported": _exported(file, scope) or _by_computed_name(file),
            "last_line": scope.node.end_lineno,
        }
        if grouped is not None:
            values["file_builds_grouped_convs"] = grouped
        yield Construct(kind="shuffle_function", place=file.header(scope), values=values)


def _kind(scope: Scope) -> str:
    if scope.is_class:
        return "class"
    return "method" if scope.parent is not None and scope.parent.is_class else "function"


def _permutes(file: SourceFile, scope: Scope) -> bool:
    functions = [call.func for call in calls(scope.node.body)]
    last = {f.attr for f in functions if isinstance(f, ast.Attribute)}
    if not last.isdisjoint(_REORDERS) and not last.isdisjoint(_RESHAPES):
        return True
    return any(file.names.resolve(f).endswith((".ChannelShuffle", ".channel_shuffle")) for f in functions)


def _exported(file: SourceFile, scope: Scope) -> bool:
    """Whether the file itself offers it to others: a public function, a registry, a base class that may call it."""
    owner = scope.parent
    public = owner is None and not scope.is_class and not scope.name.startswith("_")
    if public or scope.name in file.outline.public:
        return True
    decorators = {dotted(d) for d in scope.node.decorator_list}
    if not decorators <= _PLAIN_DECORATORS:
        return True
    if owner is None or not owner.is_class:
        return False
    lineage = file.outline.lineage(owner)
    if not scope.name.startswith("_") and not any("forward" in other.methods for other in lineage):
        return True  # a mixin, which the classes that inherit from it call
    local = {other.name for other in file.outline.classes} | {"torch.nn.Module", "object"}
    return not {file.names.resolve(base) for base in owner.node.bases} <= local


def _by_computed_name(file: SourceFile) -> bool:
    """Whether the file looks things up by names that it works out: ``globals()["channel_" + kind]``."""
    return re.search(_COMPUTED, file.text) is not None


def link(constructs: Sequence[Construct], files: Iterable[tuple[str, bytes]]) -> list[Construct]:
    """The constructs with ``referenced`` and ``exported`` filled in; ``files`` are all files of the run.

    ``files`` (path and content) is read once, and only when there is something to look for. A mention anywhere
    counts as a reference (also in a string: it may be looked up by name), except in comments and in the definition.
    """
    candidates = [construct for construct in constructs if construct.kind == "shuffle_function"]
    if all(candidate.values["exported"] for candidate in candidates):
        return list(constructs)
    from gconv_lint.frontends.source.constructs.mentions import completed  # few runs have a shuffle of their own

    whole = completed(candidates, files)
    return [next(whole) if construct.kind == "shuffle_function" else construct for construct in constructs]
