"""The default rules on a published package report exactly what docs/verdicts.md says a person has read."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.packages import VERSIONS
from bench.repositories import COMMITS
from bench.verdicts import FIELD, MODELS, WORDS, recorded, reported
from gconv_lint import api, rulebook
from gconv_lint.config import Flags, load
from gconv_lint.model.targets import Input, Limits, Target

PACKAGE = "pytorchcv"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with the package's source alone, as it lies in its wheel; the package is not imported."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        pytest.skip(f"{PACKAGE} is not installed; `make test` installs it")
    shutil.copytree(Path(spec.origin).parent, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_every_finding_has_a_verdict(source: Path) -> None:
    wanted = VERSIONS[PACKAGE]
    try:
        assert version(PACKAGE) == wanted
    except PackageNotFoundError:
        pytest.fail(f"{PACKAGE} has no version; reinstall it with `make test`")
    found = reported(PACKAGE, wanted, source)
    assert sorted(found.elements()) == sorted(place for place in recorded() if place.package == PACKAGE)


def test_every_finding_on_a_model_has_a_verdict(source: Path) -> None:
    names = ("channelnet:channelnet", "espnetv2:espnetv2_wd2", "mobilenetv3:mobilenetv3_large_w1")
    targets = [Target(f"pytorchcv.models.{name}", (Input((1, 3, 224, 224)),), folder=str(source)) for name in names]
    found = api.models(targets, load([], rulebook.rules(), Flags(isolated=True)), Limits())
    assert [summary.report.problems for summary in found] == [(), (), ()]
    root = source.resolve()
    places = {
        (f.rule.code, f"{Path(f.place.path).resolve().relative_to(root).as_posix()}:{f.place.line}")
        for summary in found
        for f in summary.report.findings
    }
    assert places == {(place.rule, place.place) for place in recorded(MODELS) if place.package == PACKAGE}


def test_no_verdict_is_that_a_finding_is_wrong() -> None:
    rows = {**recorded(), **recorded(MODELS), **recorded(FIELD)}
    assert [place for place, (verdict, _) in rows.items() if verdict == "wrong"] == []


def test_verdicts_are_about_the_packages_and_repositories_of_the_benchmarks() -> None:
    assert {place.package: place.version for place in recorded()}.items() <= VERSIONS.items()
    assert {verdict for verdict, _ in recorded().values()} <= set(WORDS)
    commits = {name: commit[:10] for name, commit in COMMITS.items()}
    assert {place.package: place.version for place in recorded(FIELD)}.items() <= commits.items()
