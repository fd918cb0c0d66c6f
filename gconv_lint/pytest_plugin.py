"""The pytest plugin: a fixture, a marker and ``--gconv-lint``, of which none costs anything until it is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gconv_lint.testing.bound import GconvLint
    from gconv_lint.testing.collected import Session

_MARKER = "gconv_lint"
#: What the marker may set.
_KEYS = ("select", "ignore", "closed")
#: What ``-p no:`` may call the plugin.
_NAMES = ("gconv-lint", "gconv_lint", "gconv_lint.pytest_plugin")
_SESSION: pytest.StashKey[Session] = pytest.StashKey()


def _is_off(manager: pytest.PytestPluginManager) -> bool:
    """Whether ``-p no:`` names this plugin; pytest itself knows the name of its entry point alone."""
    return any(map(manager.is_blocked, _NAMES))


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The one option."""
    if _is_off(pluginmanager):
        return
    parser.getgroup("gconv-lint").addoption(
        "--gconv-lint",
        action="store_true",
        dest="gconv_lint",
        help="lint every Python file under the paths of the run, each as an item of its own",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker means, and read the settings of ``--gconv-lint``."""
    if _is_off(config.pluginmanager):
        return
    config.pluginmanager.register(_Plugin(), "gconv_lint.used")
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(select=, ignore=, closed=): the rules that the fixture `gconv_lint` uses in this test; "
        "lint items of --gconv-lint have this marker too",
    )
    if config.getoption("gconv_lint"):
        config.stash[_SESSION] = _session(str(config.rootpath))


def _session(root: str) -> Session:
    """The files to lint, none so far. Raises ``UsageError`` for settings that cannot be used."""
    from gconv_lint.selection import SettingError
    from gconv_lint.testing import collected

    try:
        return collected.Session(root)
    except SettingError as error:
        raise pytest.UsageError(str(error)) from None


def _chosen(node: pytest.Item) -> dict[str, Any]:
    """What the markers of a test set, the nearest one first."""
    found: dict[str, Any] = {}
    for mark in node.iter_markers(_MARKER):
        wrong = [*map(repr, mark.args), *(key for key in mark.kwargs if key not in _KEYS)]
        if wrong:
            allowed = ", ".join(f"{key}=" for key in _KEYS)
            raise pytest.UsageError(f"the marker {_MARKER} cannot have {wrong[0]}; allowed are {allowed}")
        found = {**mark.kwargs, **found}
    return found


class _Plugin:
    """What is registered unless the plugin is off."""

    @pytest.fixture
    def gconv_lint(self, request: pytest.FixtureRequest) -> GconvLint:
        """The functions of ``gconv_lint.testing``, with the rules that the marker of this test chooses."""
        from gconv_lint.testing.bound import GconvLint

        return GconvLint(**_chosen(request.node))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """A lint item for every Python file, where ``--gconv-lint`` asks for them."""
        if not parent.config.getoption("gconv_lint") or file_path.suffix != ".py":
            return None
        if not parent.config.stash[_SESSION].add(str(file_path)):
            return None
        found: LintFile = LintFile.from_parent(parent, path=file_path)
        return found


class LintFile(pytest.File):
    """A Python file as something to lint."""

    def collect(self) -> Iterator[pytest.Item]:
        """The one item."""
        yield LintItem.from_parent(self, name="gconv-lint")


class LintItem(pytest.Item):
    """One file that has to be free of findings."""

    _line: int | None = None

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self.add_marker(_MARKER)

    def runtest(self) -> None:
        """Fail with what the rules say of this file."""
        text, self._line = self.config.stash[_SESSION].text(str(self.path))
        if text:
            raise LintFailure(text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **options: Any) -> Any:
        """The findings without a traceback, which would show nothing of the user's."""
        if isinstance(excinfo.value, LintFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **options)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the item stands, lines counted from 0, and what it is called."""
        return self.path, self._line - 1 if self._line else None, self.name


class LintFailure(Exception):
    """A file has findings, or cannot be checked."""
