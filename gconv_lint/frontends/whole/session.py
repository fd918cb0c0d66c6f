"""Follows one model after the other from their text, on modules that are loaded once, as one run of Python would."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

from gconv_lint.frontends.fx.calls import Texts
from gconv_lint.frontends.fx.program import Program, read
from gconv_lint.frontends.fx.wire import Lowered
from gconv_lint.frontends.source.lookups import CONTENT, Key, Lookups
from gconv_lint.frontends.source.project import module_name
from gconv_lint.frontends.whole.engine import Answer, Work
from gconv_lint.frontends.whole.interpreter import Interpreter
from gconv_lint.frontends.whole.loaded import Loaded
from gconv_lint.frontends.whole.series import room, tidy
from gconv_lint.frontends.whole.sketches import Sketches, is_grouped
from gconv_lint.frontends.whole.tensors import Tensor
from gconv_lint.frontends.whole.values import External, Namespace, Obj, Raised, Unknown, Value
from gconv_lint.model.targets import Limits, Target

#: How far a model was followed: to its end, or with something that is not understood; not at all since it constructs
#: nothing grouped; up to its run, as no input is known that it takes; not even built with its defaults; not even
#: looked for, as its file cannot be loaded.
WHOLE, PARTIAL, DENSE, NO_INPUT, FAILED, UNREAD = "whole", "partial", "dense", "no-input", "failed", "unread"
#: What turned out to be no model.
NO_MODEL = ""
#: A convolution that is no module.
_FUNCTIONAL = re.compile(r"(?<!\w)conv(?:_transpose)?[123]d\(")
#: Values at the top level of a file that are no model.
_PLAIN = (int, float, bool, str, bytes, tuple, list, dict, set, frozenset, type(None), Tensor, External, Unknown)


class Seen(NamedTuple):
    """One model: how far it was followed, what rules may judge, and what on disk that rests on.

    Without ``sized`` the lengths of axes were guessed, and only they.
    """

    state: str
    program: Program | None
    looked: dict[Key, str]
    sized: bool = False


class Session:
    """Evaluates models; ``dense`` says whether those without anything grouped are of interest, too."""

    def __init__(self, dense: bool = False) -> None:
        self._dense = dense
        self._loaded: Loaded | None = None
        self._sketches: Sketches | None = None
        self._path = ""
        #: files that cannot be loaded, and what that rests on
        self._unread: dict[str, dict[Key, str]] = {}
        self._texts = Texts()
        #: the folder that imports start from, and the one file that may go on where something in it is not understood
        self._shared: tuple[str, str] = ("", "")

    @contextmanager
    def running(self) -> Iterator[Session]:
        """Room for deep recursion; what is loaded stays until the end, and is not looked through again and again."""
        with room():
            try:
                yield self
            finally:
                self._loaded, self._sketches, self._texts = None, None, Texts()

    def see(self, target: Target, seconds: float, rough: bool = True) -> Seen:
        """Follow one model for at most some seconds; ``rough`` looks first whether that is worth it."""
        path = target.name.rpartition(":")[0]
        if path in self._unread and not target.folder:
            return Seen(UNREAD, None, self._unread[path])
        lookups = Lookups()
        folder, name, _ = module_name(path, lookups) if path.endswith(".py") else ("", path, "")
        interp = self._ready(target, folder, path, seconds)
        if self._sketches is None or self._path != path:
            self._sketches, self._path = Sketches(interp), path
        sketches = self._sketches if rough and not self._dense else None
        root = Root(target, Limits(seconds), interp, self._dense, sketches, self._loaded)
        answer = root.answer()
        looked = {**lookups, **root.interp.modules.rests_on(name)}
        state = root.state()
        if state == UNREAD:
            self._unread[path] = looked
        program = read(target, answer, self._texts) if state in (WHOLE, PARTIAL, NO_INPUT, FAILED) else None
        self._keep(root.loaded, folder if not target.folder else "", path)
        return Seen(state, program, looked, root.sized)

    def _ready(self, target: Target, folder: str, path: str, seconds: float) -> Interpreter:
        """The interpreter of the model before, unless the next one could tell it from a fresh one."""
        loaded, (shared, only) = self._loaded, self._shared
        if loaded is not None and folder and not target.folder and shared == folder and only in ("", path):
            interp = loaded.again(seconds)
            tidy()
            return interp
        self._loaded, self._sketches, loaded = None, None, None
        gc.unfreeze()
        tidy()
        interp = Interpreter([target.folder or folder], seconds)
        interp.modules.recording = True
        self._texts = Texts(interp.modules.files)
        return interp

    def _keep(self, loaded: Loaded | None, folder: str, path: str) -> None:
        self._loaded = loaded if loaded is not None and loaded.is_shareable else None
        self._shared = folder, path if loaded is not None and loaded.gaps else ""


class Root(Work):
    """One model, built with its defaults, and run on an input that it states or that is tried."""

    def __init__(
        self,
        target: Target,
        limits: Limits,
        interp: Interpreter,
        dense: bool,
        sketches: Sketches | None,
        loaded: Loaded | None,
    ) -> None:
        super().__init__(target, limits, (), interp)
        self._seconds = limits.seconds
        self._dense, self._sketches = dense, sketches
        #: whether the lengths of the input are known
        self.sized = bool(target.inputs)
        #: the modules, before anything was built
        self.loaded = loaded
        self._state = NO_MODEL
        self._is_loaded = False
        self._qualified = ""

    def state(self) -> str:
        """How far it was followed."""
        made = self.interp.modules_of.watched.made
        if self.fault is not None:  # what fails before it makes a layer may be anything
            return FAILED if made or self.target.folder else NO_MODEL if self._is_loaded else UNREAD
        if not self._is_loaded:
            return UNREAD
        if self._state in (NO_INPUT, NO_MODEL) or not self.interp.gaps:
            return self._state
        return PARTIAL if made else NO_MODEL

    def _do(self) -> None:
        factory = self._found()
        self._is_loaded = True
        if self.loaded is None or not self.loaded.is_of(self.interp, self._qualified):
            self.loaded = Loaded(self.interp, self._qualified)
        sketches = self._sketches if not isinstance(factory, Obj) and self.loaded.is_shareable else None
        if sketches is not None and self._looks_dense(factory, sketches, self.loaded):
            self._state = DENSE
            return
        if type(factory) in _PLAIN:
            return
        made = self._guarded(factory, [], dict(self.target.args), "built")
        model = self._model_of(made)
        if self.fault is not None or isinstance(made, Unknown):
            self._state = PARTIAL
            return
        if model is None:
            return
        self._state = WHOLE if self._matters() else DENSE
        if self._state == WHOLE:
            self._run(model)

    def _looks_dense(self, factory: Value, sketches: Sketches, loaded: Loaded) -> bool:
        """Whether a rough look shows a model with nothing grouped; in any other case nothing is known yet."""
        interp = self.interp
        try:
            with sketches.drawing():
                made = interp.call(factory, [], dict(self.target.args), interp.frame)
        except Raised:
            made = None
        has_gaps = len(interp.gaps) > len(loaded.gaps)
        if self._model_of(made) is None or sketches.grouped or has_gaps or self._is_functional():
            loaded.again(self._seconds)
            return False
        return True

    def _model_of(self, made: Value) -> Obj | None:
        """The model; a layer of torch's alone is none."""
        if isinstance(made, (tuple, list)) and made:
            made = made[0]
        if not (isinstance(made, Obj) and self.interp.modules_of.is_module(made)):
            return None
        return made if made.cls.namespace is not None or made.cls.name == "Sequential" else None

    def _run(self, model: Obj) -> None:
        self.model = model
        self._name(model)
        self.inputs = self._tensors()
        constructed = len(self.interp.modules_of.watched.made)
        with self.interp.tape.run(self.inputs):
            result = self._guarded(model, list(self.inputs), {}, "run")
        if self.fault is not None and not self.target.inputs:
            self._forget(constructed)
            return
        self._finish(result)

    def _forget(self, constructed: int) -> None:
        """Nothing that a run on a wrong input showed counts."""
        self._state, self.fault, self.error, self.model = NO_INPUT, None, None, None
        del self.interp.modules_of.watched.made[constructed:]
        self.interp.gap("no input is known that it runs on")

    def _matters(self) -> bool:
        """Whether there is anything that rules about graphs may speak of."""
        made = self.interp.modules_of.watched.made
        return self._dense or any(map(is_grouped, made)) or self._is_functional()

    def _is_functional(self) -> bool:
        """Whether the model's files speak of convolutions that are no modules."""
        modules = self.interp.modules
        read = (path for kind, path in modules.rests_on(self._qualified) if kind == CONTENT)
        return any(_speaks_of_functions(modules.files[path].text) for path in read)

    def _module(self, name: str) -> Namespace:
        known = self.interp.modules.loaded.get(module_name(name)[1]) if name.endswith(".py") else None
        found = known if isinstance(known, Namespace) and known.path == name else super()._module(name)
        self._qualified = found.qualified
        return found

    def _tensors(self) -> list[Tensor]:
        shape = None if self.target.inputs or self.model is None else _stated(self.model)
        if shape is None:
            return super()._tensors()
        self.sized = True
        return [Tensor(shape)]

    def _graph(self) -> Lowered | None:
        first = self.interp.modules_of.watched.first
        if any(0 <= getattr(each.layer, "made", -1) < first for each in self.interp.tape.operations):
            self.interp.gap("a layer of another model is used")
        return super()._graph()

    def _data(self) -> Answer:
        return {} if self.state() in (DENSE, NO_MODEL, UNREAD) else super()._data()


@cache
def _speaks_of_functions(text: str) -> bool:
    return _FUNCTIONAL.search(text) is not None


def _stated(model: Obj) -> tuple[int, ...] | None:
    """The input that a model says it takes, by the names that model zoos have for it."""
    own = model.attrs
    for name in ("pretrained_cfg", "default_cfg"):
        value = own.get(name)
        table = value.attrs if isinstance(value, Obj) else value
        size = _sizes(table.get("input_size")) if isinstance(table, dict) else None
        if size is not None and len(size) == 3:
            return (1, *size)
    size, channels = _sizes(own.get("in_size")), own.get("in_channels", 3)
    if size is None or len(size) != 2 or type(channels) is not int:
        return None
    return (1, channels, *size)


def _sizes(value: Value) -> tuple[int, ...] | None:
    whole = isinstance(value, (tuple, list)) and value and all(type(size) is int and size > 0 for size in value)
    return tuple(value) if whole else None
