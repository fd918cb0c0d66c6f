"""Undecided branches: all of them run, and the jumps that only some of them take are remembered as doubt.

A statement answers how control leaves it: ``None`` goes on, else one of the jumps. Where one branch jumps and another
goes on, control goes on *in doubt*: what follows, up to where the jump would lead, may not run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from gconv_lint.frontends.source.frames import Frame
from gconv_lint.frontends.source.values import Value

if TYPE_CHECKING:
    from gconv_lint.frontends.source.evaluator import Evaluator

RETURN, BREAK, CONTINUE = "return", "break", "continue"
#: The bit of each jump in ``Frame.doubt``.
MAY_BREAK, MAY_CONTINUE, MAY_RETURN = 1, 2, 4
_MAY = {BREAK: MAY_BREAK, CONTINUE: MAY_CONTINUE, RETURN: MAY_RETURN}
End = tuple[Any, Value, int]


def settle(ev: Evaluator, f: Frame, branches: list[Callable[[], Any]]) -> Any:
    """Run branches of which one is taken; the jump they agree on, else doubt."""
    ends: list[End] = ev.heap.fork([_kept(f, branch) for branch in branches])
    for _, _, doubt in ends:
        f.doubt |= doubt
    jumps = list(dict.fromkeys(jump for jump, _, _ in ends))
    returned = [value for jump, value, _ in ends if jump == RETURN]
    if jumps == [RETURN]:
        f.returns.extend(returned[1:])
        f.result = returned[0]
        return RETURN
    f.returns.extend(returned)
    return jumps[0] if len(jumps) == 1 else _doubted(f, jumps)


def _kept(f: Frame, branch: Callable[[], Any]) -> Callable[[], End]:
    def run() -> End:
        before, f.doubt = f.doubt, 0
        try:
            jump = branch()
            return jump, f.result, f.doubt
        finally:
            f.doubt = before

    return run


def _doubted(f: Frame, jumps: list[Any]) -> Any:
    """Note jumps of which one is taken; where all branches jump, nothing behind them runs in this block."""
    for jump in jumps:
        f.doubt |= _MAY.get(jump, 0)
    return None if None in jumps else CONTINUE


def perhaps(ev: Evaluator, f: Frame, rest: Callable[[], Any]) -> Any:
    """Run what comes after a doubtful jump; it may not run at all."""
    doubt, f.doubt = f.doubt, 0
    known = len(f.returns)
    last: list[Any] = []

    def run() -> Any:
        last.append(rest())
        return last[0]

    jump = settle(ev, f, [run, lambda: None])
    f.doubt |= doubt
    if doubt == MAY_RETURN and last == [RETURN] and len(f.returns) > known:
        f.result = f.returns.pop()  # One side returned before, the other returns now.
        return RETURN
    return jump


def run_steps(ev: Evaluator, f: Frame, steps: list[Any]) -> Any:
    """Run statements in order until one of them jumps."""
    for position, step in enumerate(steps):
        jump = step(f)
        if jump is not None:
            return jump
        if f.doubt:
            rest = steps[position + 1 :]
            return perhaps(ev, f, partial(run_steps, ev, f, rest)) if rest else None
    return None
