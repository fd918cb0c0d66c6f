"""The pytest plugin: its fixture, marker and option, what failures look like, and what it costs other runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from gconv_lint import pytest_plugin, testing

# pytester forgets what a run inside of pytest imports, and torch can be imported only once: this imports all of it.
for diagnose in (testing.feature_correlation, testing.gradient_ratio):
    diagnose(nn.Sequential(nn.Conv2d(4, 4, 1, groups=2)), torch.randn(1, 4, 2, 2), "0")
testing.assert_clean(nn.Conv2d(4, 4, 1), (1, 4, 2, 2))

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = ("torch", "yaml", "libcst", "gconv_lint.engine", "gconv_lint.api", "gconv_lint.testing")

MODEL = """
from torch import nn

def net(shuffle):
    layers = [nn.Conv2d(16, 32, 1, groups=4), nn.Conv2d(32, 32, 1, groups=4), nn.Conv2d(32, 8, 1)]
    if shuffle:
        layers.insert(1, nn.ChannelShuffle(4))
    return nn.Sequential(*layers)
"""
WRONG = "from torch import nn\n\nconv = nn.Conv2d(30, 64, 3, groups=4)\n"
CLEAN = "from torch import nn\n\nconv = nn.Conv2d(32, 64, 3, groups=4)\n"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with a model, where this checkout's plugin is the only one."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(nets=MODEL)
    pytester.syspathinsert()
    return pytester


def run(project: pytest.Pytester, *words: str) -> pytest.RunResult:
    return project.runpytest("-p", "gconv_lint.pytest_plugin", "--strict-markers", *words)


def test_the_fixture_has_every_function(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import torch
        from nets import net

        X = (2, 16, 4, 4)

        def test_all(gconv_lint):
            model = net(shuffle=True)
            assert gconv_lint.check(model, X) == ()
            gconv_lint.assert_clean(model, torch.randn(X))
            gconv_lint.assert_channels_mixed(model, X)
            gconv_lint.assert_channels_mixed(model, X, between=("0", "2"))
            gconv_lint.assert_channel_receptive_field(model, X, layer="2", at_least=16)
            gconv_lint.assert_budget(model, X, params="1k", macs=50_000)
            gconv_lint.assert_no_findings_in("nets.py")
            assert gconv_lint.feature_correlation(model, torch.randn(X), "0").dead == ()
            assert gconv_lint.gradient_ratio(model, torch.randn(X), "0").groups == 4
        """
    )
    run(project).assert_outcomes(passed=1)


def test_a_failure_reads_like_one_of_pytest(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from nets import net

        def test_clean(gconv_lint):
            gconv_lint.assert_clean(net(shuffle=False), (1, 16, 4, 4))

        def test_mixed(gconv_lint):
            gconv_lint.assert_channels_mixed(net(shuffle=False), (1, 16, 4, 4), between=("0", "1"))
        """
    )
    result = run(project)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            ">       gconv_lint.assert_clean(net(shuffle=False), (1, 16, 4, 4))",
            "E       AssertionError: 1 finding in Sequential",
            "E         Sequential.1: GC101 stacked-grouped-convs-without-shuffle: each output of `Sequential.1` sees 1 *",
            "E           help: a channel shuffle with 4 groups in front of this layer, *",
            "E       AssertionError: 32 of 32 output channels of `1` do not depend on all 4 groups of `0`",
            "E         output channels 0-7 of `1` depend on 1 of 4 groups of `0`: 0",
            "E         nothing joins them until `2`",
        ]
    )
    result.stdout.no_fnmatch_line("*gconv_lint/testing/*")


def test_the_marker_chooses_rules(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from nets import net

        pytestmark = pytest.mark.gconv_lint(select="GC101", closed=False)

        @pytest.mark.gconv_lint(ignore="GC101")
        def test_nearest_marker(gconv_lint):
            gconv_lint.assert_clean(net(shuffle=False), (1, 16, 4, 4))

        def test_module_marker(gconv_lint):
            codes = {each.rule.code for each in gconv_lint.check(net(shuffle=False), (1, 16, 4, 4))}
            assert codes == {"GC101"}

        def test_call_wins(gconv_lint):
            codes = {each.rule.code for each in gconv_lint.check(net(shuffle=False), (1, 16, 4, 4), select="GC112")}
            assert codes == set()
        """
    )
    run(project).assert_outcomes(passed=3)


def test_a_marker_that_means_nothing(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        @pytest.mark.gconv_lint(selct="GC1")
        def test_it(gconv_lint):
            pass
        """
    )
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker gconv_lint cannot have selct; allowed are select=, ignore=, closed=*"])


def test_the_option_collects_files(project: pytest.Pytester) -> None:
    project.makepyfile(wrong=WRONG, clean=CLEAN, broken="nn.Conv2d(8, 8, 3, groups=4\n")
    project.makepyfile(test_own="def test_own():\n    pass\n")
    result = run(project, "--gconv-lint", "-v")
    result.assert_outcomes(failed=2, passed=4)
    result.stdout.fnmatch_lines(
        [
            "broken.py::gconv-lint FAILED*",
            "clean.py::gconv-lint PASSED*",
            "wrong.py::gconv-lint FAILED*",
            "*_ gconv-lint _*",
            "wrong.py:3:8: GC002 in-channels-not-divisible: groups=4 does not divide in_channels=30",
            "3 | conv = nn.Conv2d(30, 64, 3, groups=4)",
            "help: *",
        ]
    )


def test_lint_items_alone_by_their_marker(project: pytest.Pytester) -> None:
    project.makepyfile(wrong=WRONG, test_own="def test_own():\n    pass\n")
    run(project, "--gconv-lint", "-m", "gconv_lint").assert_outcomes(failed=1, passed=2, deselected=1)


def test_files_that_the_settings_exclude_are_no_items(project: pytest.Pytester) -> None:
    project.makepyfile(wrong=WRONG)
    project.makepyprojecttoml('[tool.gconv-lint]\nexclude = ["wrong.py"]\n[tool.pytest.ini_options]\n')
    run(project, "--gconv-lint").assert_outcomes(passed=1)


def test_settings_that_cannot_be_used_are_one_sentence(project: pytest.Pytester) -> None:
    project.makepyfile(wrong=WRONG)
    project.makepyprojecttoml('[tool.gconv-lint]\nselct = ["GC1"]\n[tool.pytest.ini_options]\n')
    result = run(project, "--gconv-lint")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *pyproject.toml: *`selct`*"])


def test_files_see_each_other(project: pytest.Pytester) -> None:
    """A mistake in a block is found with the numbers of the file that calls it."""
    project.makepyfile(
        blocks="from torch import nn\n\ndef block(width, groups):\n    return nn.Conv2d(width, width, 3, groups=groups)\n",
        models="from blocks import block\n\nmodel = block(30, groups=4)\n",
    )
    result = run(project, "--gconv-lint", "-v")
    result.stdout.fnmatch_lines(["blocks.py::gconv-lint FAILED*", "models.py::gconv-lint PASSED*"])


def test_without_the_option_nothing_is_collected(project: pytest.Pytester) -> None:
    project.makepyfile(wrong=WRONG, test_own="def test_own():\n    pass\n")
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize("words", [(), ("--gconv-lint",)])
def test_a_run_imports_no_torch(project: pytest.Pytester, words: tuple[str, ...]) -> None:
    project.makepyfile(
        test_own=f"import sys\n\ndef test_own():\n    assert not sys.modules.keys() & {set(HEAVY[: len(HEAVY) if not words else 1])}\n"
    )
    result = project.runpytest_subprocess("-p", "gconv_lint.pytest_plugin", *words)
    assert result.ret == 0, result.stdout.str()


def test_the_entry_point_is_declared_and_loads(tmp_path: Path) -> None:
    """An installation as pip makes it: pytest finds the plugin by itself, and may be told not to."""
    info = tmp_path / "gconv_lint-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gconv-lint\nVersion: 0\n")
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\ngconv-lint = "gconv_lint.pytest_plugin"\n' in pyproject
    (info / "entry_points.txt").write_text("[pytest11]\ngconv-lint = gconv_lint.pytest_plugin\n")
    (tmp_path / "empty.ini").write_text("[pytest]\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    environment.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
    command = [sys.executable, "-m", "pytest", "-c", "empty.ini", "--fixtures"]
    loaded, *blocked = (
        subprocess.run([*command, *more], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        for more in ((), *(("-p", f"no:{name}") for name in ("gconv-lint", "gconv_lint", "gconv_lint.pytest_plugin")))
    )
    assert "gconv_lint --" in loaded.stdout
    for found in blocked:
        assert found.returncode == 0
        assert "gconv_lint" not in found.stdout


@pytest.mark.parametrize("name", ["gconv_lint", "gconv-lint", "gconv_lint.pytest_plugin"])
def test_the_plugin_is_left_out(project: pytest.Pytester, name: str) -> None:
    project.makepyfile("def test_own(gconv_lint):\n    pass\n")
    words = ("-p", f"no:{name}")
    loaded = project.runpytest_inprocess(*words, plugins=[pytest_plugin])
    loaded.assert_outcomes(errors=1)
    loaded.stdout.fnmatch_lines(["*fixture 'gconv_lint' not found*"])
    refused = project.runpytest_inprocess(*words, "--gconv-lint", plugins=[pytest_plugin])
    assert refused.ret == pytest.ExitCode.USAGE_ERROR
