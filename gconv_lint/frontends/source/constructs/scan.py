"""Find every construct of one parsed file that a rule can be about."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from gconv_lint.frontends.source.constructs import (
    assignments,
    calls,
    flattens,
    groups_parameters,
    groups_writes,
    hand_written,
    initialisation,
    separable,
    shuffles,
    view_chains,
)
from gconv_lint.frontends.source.constructs.imports import ImportedNames
from gconv_lint.frontends.source.constructs.source_file import SourceFile
from gconv_lint.model.constructs import Construct

#: Each detector looks for its trigger in the text first and reads syntax only around it.
DETECTORS: tuple[Callable[[SourceFile], Iterator[Construct]], ...] = (
    assignments.find,
    groups_writes.find,
    groups_parameters.find,
    hand_written.find,
    view_chains.find,
    flattens.find,
    calls.find_transposed,
    calls.find_data_dependent,
    initialisation.find,
    separable.find,
    shuffles.find,
)


def scan(
    tree: ast.Module, path: str, source_lines: Sequence[str], names: ImportedNames | None = None
) -> list[Construct]:
    """The constructs of a module, in the order of the file.

    ``source_lines`` are the lines as ``ast`` counts them, without line ends. ``names`` replaces what the module's
    own imports say. Shuffle functions still need :func:`shuffles.link`, which sees the whole project.
    """
    file = SourceFile(tree, path, source_lines, names)
    found = [construct for detector in DETECTORS for construct in detector(file)]
    file.outline.release()
    return sorted(found, key=lambda construct: (construct.place, construct.kind))
