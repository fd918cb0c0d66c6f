"""Evaluates Python files, or finds what only their text shows: the way from text to layers, graphs and constructs."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import warnings
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from gconv_lint.frontends.source.constructs import link, scan
from gconv_lint.frontends.source.evaluator import Evaluator, as_gaps
from gconv_lint.frontends.source.layers_out import count_groups, make_graphs, make_layers
from gconv_lint.frontends.source.lookups import Key
from gconv_lint.frontends.source.notebooks import ENDING as NOTEBOOK
from gconv_lint.frontends.source.notebooks import NotebookError, python_of
from gconv_lint.frontends.source.parsed_files import SourceFile, Texts
from gconv_lint.frontends.source.prefilter import may_matter
from gconv_lint.frontends.source.project import Project
from gconv_lint.frontends.source.reading import decode
from gconv_lint.frontends.source.roots import Roots
from gconv_lint.frontends.source.units import Scale
from gconv_lint.model.constructs import Construct
from gconv_lint.model.graph import Gap, LayerGraph
from gconv_lint.model.layers import Layer
from gconv_lint.model.report import Problem

RECURSION = 6_000
#: The share of the work that is reading and parsing.
_PARSING = 0.25


class Analysis(NamedTuple):
    """What the source front end found in the files it was given."""

    sources: Mapping[str, str]
    layers: tuple[Layer, ...] = ()
    graphs: tuple[LayerGraph, ...] = ()
    constructs: tuple[Construct, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: int = 0
    parsed: int = 0
    groups_reached: int = 0
    groups_decided: int = 0
    #: texts of files whose bytes the caller wanted to see
    heard: Mapping[str, str] = {}
    lookups: Mapping[Key, str] = {}


def analyse(
    paths: Sequence[str],
    *,
    stdin: tuple[str, bytes] | None = None,
    thorough: bool = False,
    hear: Callable[[bytes], bool] = lambda _: False,
    watch: Callable[[float], None] = lambda _: None,
    scale: Scale | None = None,
    scanning: bool = True,
    unsaved: Mapping[str, bytes] | None = None,
    idle: Container[str] = (),
) -> Analysis:
    """Evaluate the Python files ``paths``, or the one given as ``(name, bytes)``; nothing of them is executed.

    ``thorough`` gives the graph of every block with a grouped convolution, not only of those where several meet.
    The texts of files whose bytes ``hear`` is true for are handed on, parsed or not. ``watch`` is told the share of
    the work that is done, 0 to 1. With a ``scale`` the files are only some of a run's, and their constructs are still
    to be linked; without ``scanning`` they are left to ``scan_files``. ``unsaved`` has the bytes of files, by path,
    that count in place of those on disk. Those of ``idle`` are known to say nothing, and are not read.
    """
    with _at_work():
        project = Project(scale.large if scale is not None else None, unsaved)
        return _analyse(project, paths, stdin, thorough, hear, watch, scale, scanning, idle)


def scan_files(paths: Sequence[str], scale: Scale) -> list[Construct]:
    """The constructs of some files of a run, still to be linked; what cannot be read or parsed has none."""
    with _at_work():
        project, found = Project(scale.large), list[Construct]()
        for file in _candidates(project, _texts(project, paths, None, []), scale):
            file.lean = project.large
            tree = file.tree()
            if tree is not None:
                found += scan(tree, file.path, file.text.removesuffix("\n").split("\n"))
                file.release()
        return found


def linked(constructs: Sequence[Construct], paths: Sequence[str]) -> tuple[Construct, ...]:
    """Constructs with what only all files ``paths`` of a run say about them."""
    return tuple(link(constructs, _texts(Project(), paths, None, [])))


@contextlib.contextmanager
def _at_work() -> Iterator[None]:
    collecting = gc.isenabled()
    limit = sys.getrecursionlimit()
    gc.disable()  # A short-lived process with few cycles: collecting costs a tenth of the run and frees little.
    sys.setrecursionlimit(max(limit, RECURSION))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.setrecursionlimit(limit)
        if collecting:
            gc.enable()


def _analyse(
    project: Project,
    paths: Sequence[str],
    stdin: tuple[str, bytes] | None,
    thorough: bool,
    hear: Callable[[bytes], bool],
    watch: Callable[[float], None],
    scale: Scale | None,
    scanning: bool,
    idle: Container[str],
) -> Analysis:
    project.lookups.recording = scale is not None and scale.recorded
    problems: list[Problem] = []
    heard: dict[str, str] = {}
    project.named |= {os.path.abspath(path): path for path in paths if path in idle}
    texts = _listened(_texts(project, [path for path in paths if path not in idle], stdin, problems), hear, heard)
    files = _candidates(project, texts, scale or Scale(len(paths) + (stdin is not None), 0, 0, False))
    parsed, found, modules = [], [], []
    ev = Evaluator(project)
    ev.thorough = thorough
    for number, file in enumerate(files):
        watch(_PARSING * number / len(files))
        file.lean = project.large
        tree = file.tree()
        if tree is None:
            continue
        parsed.append(file)
        if scanning:
            found += scan(tree, file.path, file.text.removesuffix("\n").split("\n"))
            file.release()
        module = ev.names.module(file)
        modules += [module] if module is not None else []
    evaluation = Roots(ev)
    evaluation.modules = scale.modules if scale is not None else len(modules)
    evaluation.watch = lambda done: watch(_PARSING + (1 - _PARSING) * done)
    roots = evaluation.run(modules)
    problems += [f.problem for f in files if f.problem is not None]
    reached, decided = count_groups(roots)
    return Analysis(
        layers=tuple(make_layers(roots, {id(f) for f in parsed})),
        graphs=tuple(make_graphs(roots, ev.forwards.closed())),
        constructs=tuple(found if scale is not None else link(found, _texts(project, paths, stdin, []))),
        gaps=as_gaps(ev),
        problems=tuple(problems),
        sources=Texts(parsed + [f for f in files if f.problem is not None and f.path.endswith(NOTEBOOK)]),
        files=len(paths) + (stdin is not None),
        parsed=len(parsed),
        heard=heard,
        groups_reached=reached,
        groups_decided=decided,
        lookups=project.lookups,
    )


def _candidates(project: Project, texts: Iterable[tuple[str, bytes]], scale: Scale) -> list[SourceFile]:
    """The files worth parsing."""
    if not scale.few:
        return [project.add(*item) for item in texts if may_matter(item[1])]
    kept = list(texts)
    # Who imports a layer from its neighbour need not speak of layers.
    spoken = scale.spoken or any(may_matter(data, few=True) for _, data in kept)
    return [project.add(*item) for item in kept if may_matter(item[1]) or (spoken and _may_use(item[1]))]


def _listened(
    texts: Iterable[tuple[str, bytes]], hear: Callable[[bytes], bool], heard: dict[str, str]
) -> Iterator[tuple[str, bytes]]:
    """The same files; those that the caller wants to see are noted."""
    for path, data in texts:
        if hear(data):
            with contextlib.suppress(SyntaxError, ValueError, LookupError):  # What cannot be decoded says nothing.
                heard[path] = decode(data)
        yield path, data


def _may_use(data: bytes) -> bool:
    return may_matter(data, few=True) or b"import" in data


def _texts(
    project: Project, paths: Sequence[str], stdin: tuple[str, bytes] | None, problems: list[Problem]
) -> Iterator[tuple[str, bytes]]:
    """Every file under test, read when it is its turn; one that cannot be read is a problem."""
    sources = [(stdin[0], partial(python_of, *stdin))] if stdin is not None else []
    sources += [(path, partial(project.read, path)) for path in map(str, paths)]
    for name, read in sources:
        data = None
        try:
            data = read()
        except OSError as error:
            problems.append(Problem(path=name, message=f"cannot be read: {error.strerror}"))
        except NotebookError as error:
            problems.append(Problem(path=name, message=str(error)))
        path = os.path.abspath(name)
        project.named[path] = name
        project.lookups.read(path, data)
        if data is not None:
            yield name, data
