"""Fetches published packages by name and version and unpacks their source; nothing of them is installed or run."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"

VERSIONS = {
    "pytorchcv": "0.0.74",
    "timm": "1.0.31",
    "torchvision": "0.28.0",
    "monai": "1.6.1",
    "ultralytics": "8.4.190",
    "transformers": "5.23.0",
}


def source(name: str) -> Path:
    """The folder that holds the package's source, fetched on first use."""
    unpacked = CACHE / f"{name}-{VERSIONS[name]}"
    if not unpacked.is_dir():
        partial = CACHE / f"{unpacked.name}.partial"
        with zipfile.ZipFile(_wheel(name)) as archive:
            archive.extractall(partial, [member for member in archive.namelist() if member.startswith(f"{name}/")])
        partial.rename(unpacked)
    return unpacked


def _wheel(name: str) -> Path:
    wheels = CACHE / "wheels"
    pattern = f"{name}-{VERSIONS[name]}-*.whl"
    if not list(wheels.glob(pattern)):
        words = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        command = [sys.executable, "-m", "pip", *words, "--dest", str(wheels), f"{name}=={VERSIONS[name]}"]
        subprocess.run(command, check=True)
    return next(wheels.glob(pattern))


def files_and_lines(folder: Path) -> tuple[int, int]:
    """How many Python files a folder has, and how many lines they have together."""
    texts = [path.read_bytes() for path in folder.rglob("*.py")]
    return len(texts), sum(text.count(b"\n") for text in texts)
