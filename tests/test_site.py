"""The site: every page is reached, every link leads somewhere, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: What a browser loads by itself when it shows a page.
LOADED = re.compile(r"<(?:script|link|img|iframe|source|video)\b[^>]*\b(?:src|href)=\"?((?:https?:)?//[^\s\">]+)")
IN_STYLES = re.compile(r"url\(\s*[\"']?((?:https?:)?//[^)]*)|@import\s+[\"']?(?:url\()?([^;]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning, such as one about a link that leads nowhere, is an error."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder


def test_every_page_is_there(site: Path) -> None:
    pages = [path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")]
    assert [page for page in pages if not (site / page).is_file()] == []
    assert [name for name in ("index", "changelog", "contributing") if not (site / f"{name}.html").is_file()] == []


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    styles = list(site.rglob("*.css"))
    assert pages
    assert styles
    assert [
        found
        for page in pages
        for found in LOADED.findall(page.read_text(encoding="utf-8"))
        if "canonical" not in found
    ] == []
    assert [found for style in styles for found in IN_STYLES.findall(style.read_text(encoding="utf-8"))] == []


def test_the_site_can_be_searched(site: Path) -> None:
    assert "stacked-grouped-convs-without-shuffle" in (site / "search" / "search_index.json").read_text(
        encoding="utf-8"
    )
