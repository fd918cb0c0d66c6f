"""Assertions about which channels of a model can depend on which, exact for weights in general position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from gconv_lint.testing.runs import observed
from gconv_lint.testing.wording import cut, listed, members, plural, ranges

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.dependence import Dependence
    from gconv_lint.frontends.fx.live import Model, Observation


class _Asked(NamedTuple):
    """A dependence with the names of its two ends, such as ``input channels`` and ``output channel`` of ``fc``."""

    found: Dependence
    sources: str
    target: str


def assert_channels_mixed(model: Model, *inputs: Any, between: tuple[str, str] | None = None) -> None:
    """Assert that every channel of each input reaches every channel of each output of ``model``.

    With ``between``, two paths of modules, every group at the output of the first has to reach every output channel of
    the second; the channels take the place of groups where the first is no grouped convolution. ``inputs`` are tensors,
    or shapes such as ``(1, 3, 32, 32)``, with their channels along axis 1, or last where they are tokens.

    Raises ``AssertionError`` when a channel is not reached, and when that cannot be known; ``ValueError`` for a path
    that names no single tensor; what the model raises when it is run.
    """
    __tracebackhide__ = True
    if between is not None and (not isinstance(between, (tuple, list)) or len(between) != 2):
        raise ValueError(f"between cannot be {between!r}; allowed is a pair of paths such as ('a', 'b')")
    run = observed(model, inputs)
    goal = f"{_name(between[0])} is mixed at {_name(between[1])}" if between else f"{run.name} mixes its channels"
    for asked in _known(lambda: list(_mixing(run, between)), goal):
        number = asked.found.sources
        _judge(asked, goal, f"all {number}", number)


def assert_channel_receptive_field(model: Model, *inputs: Any, layer: str, at_least: int) -> None:
    """Assert that every output channel of the module ``layer`` depends on ``at_least`` channels of the inputs.

    ``inputs`` are tensors or shapes; the channels of several inputs count together.

    Raises ``AssertionError`` when a channel depends on fewer, and when that cannot be known; ``ValueError`` for a
    path that names no single tensor and for more channels than there are; what the model raises when it is run.
    """
    __tracebackhide__ = True
    if type(at_least) is not int or at_least < 1:
        raise ValueError(f"at_least cannot be {at_least!r}; allowed is a number of channels above 0")
    run = observed(model, inputs)
    goal = f"each output channel of {_name(layer)} depends on at least {at_least} input channels"
    (asked,) = _known(lambda: [_field(run, layer)], goal)
    if at_least > asked.found.sources:
        raise ValueError(f"at_least={at_least} can never hold, because there are {asked.found.sources} input channels")
    _judge(asked, goal, f"at least {at_least}", at_least)


def _known(ask: Callable[[], list[_Asked]], goal: str) -> list[_Asked]:
    """What ``ask`` says. Raises ``AssertionError`` where the run has no answer."""
    __tracebackhide__ = True
    from gconv_lint.frontends.fx.dependence import TooWide

    try:
        found = ask()
    except (LookupError, TooWide) as error:
        raise AssertionError(f"it is not known whether {goal}: {error.args[0]}") from None
    if not found:
        raise AssertionError(f"it is not known whether {goal}: the run has no tensor at its input or its output")
    return found


def _mixing(run: Observation, ends: tuple[str, str] | None) -> Iterator[_Asked]:
    from gconv_lint.frontends.fx import dependence

    if ends is not None:
        found = dependence.between(run, *ends)
        word = "groups" if run.groups(ends[0]) > 1 else "channels"
        yield _Asked(found, f"{word} of {_name(ends[0])}", f"of {_name(ends[1])}")
        return
    several = len(run.recording.inputs) > 1, len(run.recording.outputs) > 1
    for place, number, found in dependence.of_outputs(run):
        sources = f"channels of input {number}" if several[0] else "input channels"
        yield _Asked(found, sources, f"of output {place}" if several[1] else "of the model")


def _field(run: Observation, layer: str) -> _Asked:
    """The dependence on all inputs, their channels counted one input after the other."""
    from gconv_lint.frontends.fx import dependence

    parts = list(dependence.of_layer(run, layer))
    whole = parts[0]
    for part in parts[1:]:
        width = max(len(whole.sets), len(part.sets))
        pairs = zip(_wide(whole.sets, width), _wide(part.sets, width), strict=True)
        whole = whole._replace(
            sets=tuple(a | b << whole.sources for a, b in pairs),
            sources=whole.sources + part.sources,
            doubts=tuple(dict.fromkeys((*whole.doubts, *part.doubts))),
            later=None,
        )
    return _Asked(whole, "input channels", f"of {_name(layer)}")


def _name(path: str) -> str:
    """A module as messages name it; the empty path is that of the model itself."""
    return f"`{path}`" if path else "the model"


def _wide(sets: tuple[int, ...], width: int) -> tuple[int, ...]:
    return sets * width if len(sets) == 1 else sets


def _judge(asked: _Asked, goal: str, wanted: str, least: int) -> None:
    """Raise ``AssertionError`` unless every channel is known to depend on ``least`` sources, which ``wanted`` words.

    What is missing in a dependence that is not understood is missing all the same; what is there may not be.
    """
    __tracebackhide__ = True
    found = asked.found
    lacking = [number for number, sources in enumerate(found.sets) if bin(sources).count("1") < least]
    if lacking and not found.leaks:
        raise AssertionError(_failure(asked, wanted, lacking))
    if found.doubts:
        raise AssertionError(f"it is not known whether {goal}: {_unknown(found)}")
    if lacking:
        why = "the model makes plain numbers of its tensors, which may come back anywhere"
        raise AssertionError(f"it is not known whether {goal}: {why}")


def _unknown(found: Dependence) -> str:
    several = len(found.doubts) > 1
    return f"{', '.join(cut(found.doubts, 'more'))} {'are' if several else 'is'} not understood"


def _failure(asked: _Asked, wanted: str, lacking: list[int]) -> str:
    """What was asked, what was found for each part, and what joins the parts later."""
    found, parts = asked.found, dict[int, list[int]]()
    for number in lacking:
        parts.setdefault(found.sets[number], []).append(number)
    lines = list(cut([_part(asked, sources, numbers) for sources, numbers in parts.items()], "parts more"))
    if len(parts) > 1 and found.later is not None:
        lines.append(f"nothing joins them until {found.later}" if found.later else "nothing joins them")
    head = (
        f"{len(lacking)} of {len(found.sets)} output channels {asked.target} do not depend on {wanted} {asked.sources}"
    )
    return listed(head, lines)


def _part(asked: _Asked, sources: int, numbers: list[int]) -> str:
    """``output channels 0-15 of `conv2` depend on 4 of 16 input channels: 0-3``."""
    seen = members(sources)
    verb = "depends" if len(numbers) == 1 else "depend"
    which = f": {ranges(seen)}" if seen else ""
    target = f"{plural(numbers, 'output channel')} {asked.target}"
    return f"{target} {verb} on {len(seen)} of {asked.found.sources} {asked.sources}{which}"
