"""What the site needs beyond docs/: pages at the root of the project, and links to files that are no pages."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
#: Pages that stand at the root of the project, by their name in the site.
PAGES = {"index.md": "README.md", "changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
REPOSITORY = "https://github.com/gconv-lint/gconv-lint/blob/main"
LINK = re.compile(r"(\[[^\]\n]*\]\()(?!\w+:|#)([^)\s#]*)(#[^)\s]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages at the root."""
    for name, source in PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Lead links to where their files are: to pages of the site, or to the repository."""
    name = page.file.src_uri
    here = ROOT / PAGES[name] if name in PAGES else DOCS / name
    return LINK.sub(lambda match: f"{match[1]}{_target(here, name, match[2])}{match[3] or ''})", markdown)


def _target(here: Path, name: str, link: str) -> str:
    real = Path(os.path.normpath(here.parent / link))
    pages = {ROOT / source: site for site, source in PAGES.items()}
    if real in pages:
        return os.path.relpath(pages[real], os.path.dirname(name) or os.curdir)
    if real.is_dir() and (real / "index.md").is_file():
        real = real / "index.md"
    if real.is_relative_to(DOCS) and real.is_file():
        return os.path.relpath(real.relative_to(DOCS), os.path.dirname(name) or os.curdir)
    return f"{REPOSITORY}/{real.relative_to(ROOT).as_posix()}"
