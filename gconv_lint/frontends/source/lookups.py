"""Everything on disk that a verdict rests on: contents that were read, and what was looked for and not found."""

from __future__ import annotations

import os
from collections.abc import Callable

#: How a path was looked at: its content, whether a file or anything is there, the Python files in a folder.
CONTENT, FILE, PATH, FOLDER = "content", "file", "path", "folder"
MISSING = "-"
Key = tuple[str, str]


def digest(data: bytes) -> str:
    """A name for a content."""
    from hashlib import sha256

    return sha256(data).hexdigest()[:40]


class Lookups(dict[Key, str]):
    """What was seen on disk, by what was asked: ``(CONTENT, path)`` -> the digest, ``(FILE, path)`` -> yes or no."""

    #: whether anybody wants to know of contents
    recording = False

    def read(self, path: str, data: bytes | None) -> None:
        """Note a file that was read, ``None`` where it could not be."""
        if self.recording:
            self[CONTENT, path] = MISSING if data is None else digest(data)

    def is_file(self, path: str) -> bool:
        """Whether there is a file, asked once."""
        return self._asked(FILE, path, os.path.isfile)

    def exists(self, path: str) -> bool:
        """Whether there is anything, asked once."""
        return self._asked(PATH, path, os.path.exists)

    def _asked(self, kind: str, path: str, ask: Callable[[str], bool]) -> bool:
        key = kind, path
        if key not in self:
            self[key] = "+" if ask(path) else MISSING
        return self[key] == "+"

    def listed(self, folder: str) -> None:
        """Note the Python files in a folder."""
        self[FOLDER, folder] = _listing(folder)


def _listing(folder: str) -> str:
    try:
        return digest("\0".join(sorted(n for n in os.listdir(folder) if n.endswith(".py"))).encode(errors="replace"))
    except OSError:
        return MISSING


def now(key: Key, read: Callable[[str], bytes]) -> str:
    """What a look-up would see now; ``read`` reads a file as it was read then."""
    kind, path = key
    if kind == FOLDER:
        return _listing(path)
    if kind == CONTENT:
        try:
            return digest(read(path))
        except (OSError, ValueError):
            return MISSING
    return "+" if (os.path.isfile if kind == FILE else os.path.exists)(path) else MISSING
