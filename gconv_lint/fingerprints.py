"""Floor 4: fingerprints, by which a finding is known again after code has moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gconv_lint.facts import Subject
from gconv_lint.model.constructs import Construct
from gconv_lint.model.places import Place

#: Values of constructs that say which part of the source they belong to.
_SCOPES = ("class_name", "model", "function", "method", "attribute", "parameter", "name", "target", "first")


def fingerprint(code: str, place: Place, subject: Subject, message: str, repeats: Counter[str]) -> str:
    """A digest of rule, scope and message that moving the code within its scope, or its file, does not change.

    What graphs show is known by the call of its layer alone: the message names other layers by their paths, which
    depend on how much of a model was looked at. The same again in the same scope of a file is told apart by its order,
    which ``repeats`` counts.
    """
    from hashlib import blake2b

    of_graph = isinstance(subject, Construct) and subject.site is not None
    said = () if of_graph else (" ".join(message.split()),)
    text = "\0".join((code, *_scope(subject), *said))
    here = f"{place.path}\0{text}"
    repeats[here] += 1
    return blake2b(f"{text}\0{repeats[here]}".encode(errors="replace"), digest_size=16).hexdigest()


def _scope(subject: Subject) -> Iterator[str]:
    if subject.site is not None:
        yield from (subject.site.class_name, subject.site.method, subject.site.target)
    elif isinstance(subject, Construct):
        yield from (str(subject.values[name]) for name in _SCOPES if name in subject.values)
