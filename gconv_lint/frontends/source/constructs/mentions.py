"""Says of functions that permute channels whether anything in a run refers to them, or something outside may."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gconv_lint.model.constructs import Construct


def completed(candidates: Sequence[Construct], files: Iterable[tuple[str, bytes]]) -> Iterator[Construct]:
    """The candidates with ``referenced`` and ``exported`` filled in; ``files`` are the path and content of all."""
    mentioned, given = _read(files, candidates)
    return (_linked(candidate, mentioned, given) for candidate in candidates)


def _linked(construct: Construct, mentioned: set[str], given: set[str]) -> Construct:
    name, path = construct.values["name"], construct.place.path
    referenced = name in mentioned
    exported = construct.values["exported"] or (
        not referenced and (_offered(path, given) or _has_siblings(path, given))
    )
    return construct._replace(values={**construct.values, "referenced": referenced, "exported": exported})


def _offered(path: str, given: set[str]) -> bool:
    """Whether the file belongs to a package that was not given as a whole: its users may be elsewhere."""
    folder = Path(path).parent
    top = None
    while (folder / "__init__.py").is_file():
        top, folder = folder / "__init__.py", folder.parent
        if folder == folder.parent:
            break
    return top is not None and str(top) not in given


def _has_siblings(path: str, given: set[str]) -> bool:
    """Whether Python files beside it were not given, as when a hook names changed files only: one may call it."""
    folder = Path(path).parent
    return any(str(other) not in given for other in folder.glob("*.py")) if folder.is_dir() else False


def _read(files: Iterable[tuple[str, bytes]], candidates: Sequence[Construct]) -> tuple[set[str], set[str]]:
    """The names of candidates that are mentioned somewhere, and the paths of all files."""
    wanted = {candidate.values["name"] for candidate in candidates}
    names = re.compile(rb"(?<!\w)(?:%s)(?!\w)" % b"|".join(re.escape(n.encode()) for n in sorted(wanted)))
    mentioned: set[str] = set()
    given: set[str] = set()
    for path, content in files:
        given.add(str(Path(path)))
        if any(name.encode() in content for name in wanted):
            own: dict[str, list[tuple[int, int]]] = {}
            for candidate in candidates:
                if candidate.place.path == path:
                    lines = (candidate.place.line, candidate.values["last_line"])
                    own.setdefault(candidate.values["name"], []).append(lines)
            mentioned.update(_mentions(content, names, own))
    return mentioned, given


def _mentions(content: bytes, names: re.Pattern[bytes], own: Mapping[str, Sequence[tuple[int, int]]]) -> Iterator[str]:
    """The wanted names on lines outside their own definitions (``own``: first and last line by name)."""
    for number, line in enumerate(content.splitlines(), 1):
        if b"huffle" not in line.lower():
            continue
        for match in names.finditer(line.partition(b"#")[0]):
            name = match.group().decode()
            defined = line[: match.start()].rstrip().endswith((b"def", b"class"))
            if not defined and not any(first <= number <= last for first, last in own.get(name, ())):
                yield name
