"""Settings for all tests."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.cli_support import Folder

#: Tests of the plugin run pytest inside of pytest.
pytest_plugins = ("pytester", "tests.model_support")

# Machines that run tests are slow now and then, which says nothing about the code.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

# A shell that begins tests in the background has its children ignore interrupts, and theirs.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Folder:
    """An empty folder that is the current one, with no configuration above it that counts."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GCONV_LINT_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pyproject.toml").write_text("[tool.gconv-lint]\n")
    return Folder(tmp_path, capsys, monkeypatch)
