"""Python's own test suite as an oracle: it passes, so no assertion in it may be judged false.

Each test method is evaluated on an instance of its class. An assertion outside of any undecided branch counts as
known to hold, unknown, or wrong; a wrong one is a way in which the evaluator takes a program for another one.
"""

from __future__ import annotations

import ast
import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import test

from bench.tables import publish, table
from gconv_lint.frontends.source import operators, statements
from gconv_lint.frontends.source.entries import Entry
from gconv_lint.frontends.source.evaluator import Evaluator
from gconv_lint.frontends.source.expressions import compile_expression
from gconv_lint.frontends.source.frames import Call, Closure, Frame
from gconv_lint.frontends.source.project import Project
from gconv_lint.frontends.source.values import Builtin, ClassValue, Function, Instance, Module, OutOfFuel, Raised, Value

FUEL, MAX_BYTES, RECURSION = 20_000, 400_000, 6_000
Judge = Callable[[list[Value]], "bool | None"]


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


JUDGES: dict[str, Judge] = {
    "assertEqual": lambda a: operators.equals(a[0], a[1]),
    "assertNotEqual": lambda a: _not(operators.equals(a[0], a[1])),
    "assertTrue": lambda a: operators.truth(a[0]),
    "assertFalse": lambda a: _not(operators.truth(a[0])),
    "assertIs": lambda a: operators.identical(a[0], a[1]),
    "assertIsNot": lambda a: _not(operators.identical(a[0], a[1])),
    "assertIsNone": lambda a: operators.identical(a[0], None),
    "assertIsNotNone": lambda a: _not(operators.identical(a[0], None)),
    "assertIn": lambda a: operators.contains(a[1], a[0]),
    "assertNotIn": lambda a: _not(operators.contains(a[1], a[0])),
}
SINGLE = [JUDGES[name] for name in ("assertTrue", "assertFalse", "assertIsNone", "assertIsNotNone")]


class Court:
    """Evaluates the tests of one file and counts what is said of their assertions."""

    def __init__(self, path: Path) -> None:
        self.counts: Counter[str] = Counter()
        self.wrong: dict[str, str] = {}
        project = Project()
        self.file = project.add(str(path), path.read_bytes())
        self.ev = Evaluator(project)
        self.hooks = {name: Builtin(name, self._hook(judge)) for name, judge in JUDGES.items()}

    def _hook(self, judge: Judge) -> Callable[..., None]:
        def run(args: list[Value], _: Any, node: Any, f: Frame) -> None:
            if len(args) > 1 or judge in SINGLE:
                self.note(judge(args), node, f)

        return run

    def note(self, answer: bool | None, node: Any, f: Frame) -> None:
        """Count one assertion, unless it may not be reached."""
        if f.guards or self.ev.heap.forks:
            return
        self.counts["unknown" if answer is None else "holds" if answer else "wrong"] += 1
        if answer is False:
            self.wrong[f"{Path(f.module.file.path).name}:{node.lineno}"] = ast.unparse(node)[:90]

    def run(self) -> None:
        """Evaluate every test method of the file."""
        statements._COMPILERS[ast.Assert] = lambda ev, node: self._assertion(ev, node)
        module = self.ev.names.module(self.file)
        for cls in self._classes(module) if module is not None else ():
            names = dict.fromkeys(n for c in cls.mro if isinstance(c, ClassValue) for n in c.attrs)
            for method in (cls.lookup(n) for n in names if n.startswith("test")):
                if isinstance(method, Function) and module is not None:
                    self._test(module, cls, method)

    def _assertion(self, ev: Evaluator, node: ast.Assert) -> Closure:
        condition = compile_expression(ev, node.test)
        return lambda f: self.note(ev.truth(condition(f)), node, f)

    def _classes(self, module: Module) -> Iterator[ClassValue]:
        for name in list(module.vars):
            try:
                value = self.ev.names.module_attribute(module, name)
            except Raised:
                continue
            if isinstance(value, ClassValue):
                yield value

    def _test(self, module: Module, cls: ClassValue, method: Function) -> None:
        ev, call = self.ev, Call(None, module, None)
        ev.memo.current, ev.fuel = Entry(call), FUEL
        ev.heap.begin()
        ev.escapes.begin()
        instance = Instance(cls)
        instance.attrs.update(self.hooks)
        try:
            for function in (cls.lookup("setUp"), method):
                if isinstance(function, Function):
                    ev.functions.run(function, [instance], {}, None, Frame(module, {}, call))
        except (Raised, OutOfFuel, RecursionError):
            pass
        ev.heap.journal = None


def main() -> None:
    """Evaluate the suite of this Python and publish the counts, with the places of what is wrong."""
    gc.disable()
    sys.setrecursionlimit(RECURSION)
    counts: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    for path in sorted(Path(test.__file__).parent.glob("test_*.py")):
        if path.stat().st_size <= MAX_BYTES:
            court = Court(path)
            court.run()
            counts += court.counts
            wrong |= court.wrong
    note = (
        "Assertions of Python's own test suite that are judged outside of undecided branches. What is wrong is behind "
        "processes, signals, weak references, metaclasses, function attributes and the like, which model code does not "
        "use to choose its numbers; `python -m bench.assertions` lists the places."
    )
    rows = [(counts["holds"], counts["unknown"], counts["wrong"], len(wrong))]
    publish("assertions.md", "Assertions", note, table(("hold", "unknown", "wrong", "places that are wrong"), rows))
    print(*(f"{place}  {text}" for place, text in sorted(wrong.items())), sep="\n")


if __name__ == "__main__":
    main()
