"""Unknown objects of known classes: the configuration that a constructor asks for by the type of a parameter."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.values import MISSING, ClassValue, Function, Instance, Value
from gconv_lint.model.dims import Sym

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

MAX_DEPTH = 3


def annotated(function: Function) -> dict[str, str]:
    """Parameters to the class that their annotation names, where it is a plain name."""
    args = getattr(function.code.node, "args", None)
    if not isinstance(args, ast.arguments):
        return {}
    return {a.arg: kind for a in (*args.posonlyargs, *args.args, *args.kwonlyargs) if (kind := _kind(a))}


def _kind(parameter: ast.arg) -> str:
    annotation = getattr(parameter, "annotation", None)
    return annotation.id if isinstance(annotation, ast.Name) else getattr(parameter, "kind", "")


def unknown(ev: Evaluator, name: str, kind: str, f: Frame, depth: int = 0) -> Value:
    """The unknown that a parameter stands for: of a dataclass, an object whose fields are the unknowns.

    What the class works out of its fields is then known as an expression over them.
    """
    cls = ev.names.outer(f, kind) if kind else None
    if not isinstance(cls, ClassValue) or not _is_record(cls) or depth >= MAX_DEPTH:
        return Sym.atom(name)
    made = Instance(cls)
    made.shared = True  # It stands for every object that somebody may give.
    inside = Frame(cls.module, {}, f.call)
    kinds = _field_kinds(cls)
    for attribute in _unreadable(cls):
        made.attrs[attribute] = Sym.atom(f"{name}.{attribute}")
    for field in cls.fields or ():
        made.attrs[field] = unknown(ev, f"{name}.{field}", kinds.get(field, ""), inside, depth + 1)
    return made


def _is_record(cls: ClassValue) -> bool:
    """Whether a class is a dataclass that nothing extends, and whose objects hold what they are given."""
    plain = cls.field_owner is cls and cls.lookup("__init__") is MISSING and cls.external_base() is None
    return plain and not (cls.open or cls.generated or cls.hooked or cls.meta or cls.extended)


def _field_kinds(cls: ClassValue) -> dict[str, str]:
    statements = [s for s in cls.node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]
    return {s.target.id: s.annotation.id for s in statements if isinstance(s.annotation, ast.Name)}  # type: ignore[union-attr]


def _unreadable(cls: ClassValue) -> list[str]:
    """Attributes that a subclass or the constructor may have to give: placeholders, and methods that raise."""
    found = []
    for base in cls.mro:
        for name, value in base.attrs.items() if isinstance(base, ClassValue) else ():
            raises = isinstance(value, Function) and value.module.file.speaks(value.code.node, ("raise",))
            if raises or not isinstance(value, Function):
                found.append(name)
    return found
