"""The flags about timing layers, which ``probe``, ``check`` and ``model`` share."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from gconv_lint.commands.arguments import Parser, comma_list, integer
from gconv_lint.config import Config
from gconv_lint.selection import SettingError
from gconv_lint.words import nearest

if TYPE_CHECKING:
    from gconv_lint.probe.runs import Ways
    from gconv_lint.probing import Prober

#: What can be asked for; the first one is the default.
DTYPES, LAYOUTS = ("fp16", "bf16", "tf32", "fp32"), ("nchw", "nhwc")


def add(flags: Parser, *, switch: bool) -> None:
    """The flags that say what layers are timed on, and how; with a ``switch``, whether they are."""
    if switch:
        flags.add_argument("--probe", action="store_true", help="time flagged layers, or estimate how long they take")
    flags.add_argument("--device", metavar="NAME", help="what to time on: auto, one of `gconv-lint devices`, or a file")
    flags.add_argument(
        "--dtype", type=comma_list, default=(), metavar="TYPES", help="fp16, bf16, tf32 or fp32; fp16 by default"
    )
    flags.add_argument("--layout", type=comma_list, default=(), metavar="LAYOUTS", help="nchw or nhwc; nchw by default")
    flags.add_argument("--batch", type=integer, metavar="N", help="images in a batch")


def add_size(flags: Parser) -> None:
    """The flag that stands for what source does not tell."""
    flags.add_argument("--size", metavar="HxW", help="the input that layers in source are taken to have, such as 56x56")


def size_of(options: Namespace) -> tuple[int, int] | None:
    """``56x56`` as two numbers. Raises ``SettingError``."""
    if options.size is None:
        return None
    parts = options.size.split("x")
    if len(parts) != 2 or not all(map(_is_length, parts)):
        raise SettingError(f"--size cannot be `{options.size}`; allowed is a height and a width, such as 56x56")
    return int(parts[0]), int(parts[1])


def _is_length(word: str) -> bool:
    return word.isdecimal() and word.isascii() and len(word) < 10 and int(word) > 0


def prober(options: Namespace, settings: Config) -> Prober:
    """What layers are timed with. Raises ``SettingError``."""
    from gconv_lint import probing
    from gconv_lint.commands.flags import cache_folder
    from gconv_lint.costs.shapes import MOST

    if options.batch is not None and not 0 < options.batch <= MOST:
        raise SettingError(f"--batch cannot be {options.batch}; allowed is a number above 0, up to {MOST}")
    remembered = None if getattr(options, "no_cache", False) else cache_folder(settings)
    return probing.prober(settings.values.get("device", "auto"), ways_of(options), remembered)


def ways_of(options: Namespace, *, every: bool = False) -> Ways:
    """The types and layouts that are asked for, or else the first ones, or ``every`` one. Raises ``SettingError``."""
    from gconv_lint.probe.runs import Ways

    dtypes, layouts = (DTYPES, LAYOUTS) if every else (DTYPES[:1], LAYOUTS[:1])
    return Ways(
        _chosen("--dtype", options.dtype, DTYPES) or dtypes,
        _chosen("--layout", options.layout, LAYOUTS) or layouts,
    )


def _chosen(flag: str, words: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    for word in words:
        if word not in allowed:
            raise SettingError(f"{flag} cannot be `{word}`{nearest(word, allowed)}; allowed are {', '.join(allowed)}")
    return tuple(dict.fromkeys(words))
