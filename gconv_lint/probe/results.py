"""Times that were measured before: by device, shape and version, so that a run can be resumed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from gconv_lint.cache import Cache
from gconv_lint.model.shapes import ConvShape
from gconv_lint.probe.samples import Sample
from gconv_lint.probe.specialise import FOLDER

Samples = dict[str, list[Sample]]


class Results:
    """What a folder remembers; without one nothing is remembered."""

    def __init__(self, folder: str | None, identity: str) -> None:
        self._cache = Cache(folder) if folder is not None else None
        self._identity = f"{identity}\n{_kernels(FOLDER)}"

    def load(self, shapes: Mapping[int, ConvShape], dtype: str, layout: str) -> Samples | None:
        """What was measured of shapes, by their groups; ``None`` where that is not known."""
        record = self._cache.read(self._key(shapes, dtype, layout)) if self._cache is not None else None
        try:
            if record is None:
                return None
            return {
                str(name): [Sample(float(us), float(mhz)) for us, mhz in samples]
                for name, samples in record["samples"].items()
            }
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def store(self, shapes: Mapping[int, ConvShape], dtype: str, layout: str, samples: Samples) -> None:
        """Remember what was measured."""
        if self._cache is not None:
            self._cache.write(self._key(shapes, dtype, layout), {"device": self._identity, "samples": samples})

    def _key(self, shapes: Mapping[int, ConvShape], dtype: str, layout: str) -> str:
        told = repr((self._identity, sorted(shapes.items()), dtype, layout))
        return f"probe-{sha256(told.encode()).hexdigest()[:32]}"


def _kernels(folder: Path) -> str:
    """Everything that our own kernels are made of."""
    files = sorted(path for path in folder.glob("*") if path.is_file())
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]
