"""The texts of a run's files, read again when somebody wants to quote them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gconv_lint.frontends.source.reading import decode, read_start


class Texts(Mapping[str, str]):
    """The texts of files by path, read when somebody asks; nothing for one that cannot be read."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = dict.fromkeys(names)
        self._known: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        if path not in self._known:
            if path not in self._names:
                raise KeyError(path)
            try:
                self._known[path] = decode(read_start(path))
            except (OSError, ValueError, SyntaxError, LookupError):
                self._known[path] = ""
        return self._known[path]

    def __contains__(self, path: object) -> bool:
        return path in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
