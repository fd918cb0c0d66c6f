"""Mangles Python files: what editors, merges, encodings and malice do to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

_NUMBER = re.compile(rb"\b\d+\b")
_NAME = re.compile(rb"\b[A-Za-z_]\w*\b")
_TOKEN = re.compile(rb"\w+|[^\w\s]+")
_BRACKET = re.compile(rb"[(\[{)\]}]")

NUMBERS = (
    *(b"0", b"-1", b"1.5", b"True", b"None", b"'4'", b"2**70", b"10**5000", b"1e400", b"-(0)", b"1j", b"b'x'"),
    *(b"float('nan')", b"[]", b"(3, 3)", b"...", b"999999999999", b"0x7fffffff", b"int", b"x", b"lambda: 0"),
)
#: Code that leaves a trace behind where somebody runs it: ``{trace}`` is made, a process begins, Python ends.
PAYLOADS = (
    b"open({trace!r}, 'w')",
    b"__import__('os').system('touch ' + {trace!r})",
    b"exec('open(' + repr({trace!r}) + ', \"w\")')",
    b"eval('open(' + repr({trace!r}) + ', \"w\")')",
    b"__import__('subprocess').run(['touch', {trace!r}])",
    b"__import__('pathlib').Path({trace!r}).touch()",
    b"__import__('sys').exit(3)",
    b"__import__('os')._exit(3)",
    b"getattr(__builtins__, 'open')({trace!r}, 'w')",
    b"[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0](['touch', {trace!r}])",
)
_PLACES = (
    b"%s\n",
    b"@%s\ndef mangled():\n    pass\n",
    b"def mangled(a=%s):\n    pass\nmangled()\n",
    b"class Mangled(metaclass=%s):\n    pass\n",
    b"class Mangled:\n    x = %s\n    def __init_subclass__(cls):\n        %s\nclass Other(Mangled):\n    pass\n",
    b"x = f'{%s}'\n",
    b"assert %s\n",
    b"import torch.nn as nn\nnn.Conv2d(8, 8, 3, groups=%s)\n",
    b"class Odd(int):\n    def __eq__(self, o):\n        %s\n    __hash__ = __bool__ = __index__ = lambda s: %s\n"
    b"nn.Conv2d(Odd(8), 8, 3, groups=Odd(2))\n",
)
_JUNK = (
    *(
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\r",
        b"\x0c",
        b"\t",
        b"\\\n",
        b"\xe2\x80\xae",
        b"\xed\xa0\x80",
        b"'''",
        b'"',
    ),
    *(
        b"\xf0\x9f\xa6\x8a",
        b"# coding: utf-16\n",
        b"# noqa: GC",
        b"# gconv-lint: ignore[",
        b"f'{",
        b"{!r:{",
        b"%",
        b"$",
    ),
)
_WORDS = (
    *(b"yield", b"await", b"lambda", b"return", b"del", b"global", b"async", b"match", b"type", b"not", b"*", b"**"),
    *(b":=", b"->", b"@", b"~", b"//", b">>", b"is", b"in", b"else", b"except*", b"nonlocal", b"import *", b"..."),
)

Mangle = Callable[[bytes, Random, bytes], bytes]


def mangled(data: bytes, random: Random, donor: bytes, trace: str) -> bytes:
    """A file after a few changes; ``donor`` is another one, to take from."""
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
        data = random.choice(_MANGLES)(data, random, donor)
    return _with_payload(data, random, trace) if random.random() < 0.25 else data


def _with_payload(data: bytes, random: Random, trace: str) -> bytes:
    """The file with code that nobody may run, at a place where Python would."""
    payload = random.choice(PAYLOADS).replace(b"{trace!r}", repr(trace).encode())
    shape = random.choice(_PLACES)
    text = shape.replace(b"%s", payload)
    lines = data.splitlines(keepends=True)
    tops = [
        number
        for number, line in enumerate(lines)
        if line[:1].isalpha() and not line.startswith((b"el", b"ex", b"fin"))
    ]
    at = random.choice(tops) if tops else len(lines)
    return b"".join([*lines[:at], text, *lines[at:]])


def _substituted(pattern: re.Pattern[bytes], words: Callable[[bytes, bytes], Sequence[bytes]]) -> Mangle:
    """Replace one match of a pattern by one of some words."""

    def mangle(data: bytes, random: Random, donor: bytes) -> bytes:
        found = list(pattern.finditer(data))
        if not found:
            return data
        match = random.choice(found)
        return data[: match.start()] + random.choice(words(data, donor) or (b"x",)) + data[match.end() :]

    return mangle


def _span(random: Random, size: int, most: int) -> tuple[int, int]:
    start = random.randint(0, size)
    return start, min(size, start + random.randint(1, most))


def _lines_dropped(data: bytes, random: Random, _: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    start, end = _span(random, len(lines), 8)
    return b"".join(lines[:start] + lines[end:])


def _lines_moved(data: bytes, random: Random, _: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    start, end = _span(random, len(lines), 20)
    rest = lines[:start] + lines[end:]
    at = random.randint(0, len(rest))
    return b"".join([*rest[:at], *lines[start:end], *rest[at:]])


def _lines_repeated(data: bytes, random: Random, _: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    start, end = _span(random, len(lines), 30)
    return b"".join(lines[:end] + lines[start:end] * random.choice((1, 2, 40)) + lines[end:])


def _lines_taken(data: bytes, random: Random, donor: bytes) -> bytes:
    lines, others = data.splitlines(keepends=True), donor.splitlines(keepends=True)
    start, end = _span(random, len(others), 60)
    at = random.randint(0, len(lines))
    return b"".join([*lines[:at], *others[start:end], *lines[at:]])


def _indented(data: bytes, random: Random, _: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    start, end = _span(random, len(lines), 30)
    by = random.choice((b"    ", b" ", b"\t", None))
    moved = [line[4:] if by is None else by + line for line in lines[start:end]]
    return b"".join([*lines[:start], *moved, *lines[end:]])


def _cut(data: bytes, random: Random, _: bytes) -> bytes:
    return data[: random.randint(0, len(data))]


def _bytes_changed(data: bytes, random: Random, _: bytes) -> bytes:
    changed = bytearray(data)
    for _number in range(random.randint(1, 4)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _junk(data: bytes, random: Random, _: bytes) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice(_JUNK) * random.choice((1, 1, 1, 200)) + data[at:]


def _nested(data: bytes, random: Random, _: bytes) -> bytes:
    """An expression inside of many."""
    numbers = list(_NUMBER.finditer(data))
    if not numbers:
        return data
    match = random.choice(numbers)
    before, behind = random.choice(
        ((b"(", b")"), (b"[", b"]"), (b"-", b""), (b"f(", b")"), (b"(lambda: ", b")()"), (b"1 + ", b""))
    )
    depth = random.choice((3, 50, 300, 3000))
    return data[: match.start()] + before * depth + match[0] + behind * depth + data[match.end() :]


_MANGLES: tuple[Mangle, ...] = (
    _substituted(_NUMBER, lambda data, donor: NUMBERS),
    _substituted(_NUMBER, lambda data, donor: NUMBERS),
    _substituted(_NAME, lambda data, donor: _NAME.findall(data)),
    _substituted(_NAME, lambda data, donor: _NAME.findall(data)),
    _substituted(_NAME, lambda data, donor: _NAME.findall(donor)),
    _substituted(_TOKEN, lambda data, donor: _TOKEN.findall(data)),
    _substituted(_TOKEN, lambda data, donor: _WORDS),
    _substituted(_TOKEN, lambda data, donor: (b"",)),
    _substituted(_BRACKET, lambda data, donor: (b"", b"(", b")", b"[", b"]", b"{", b"}")),
    *(_lines_dropped, _lines_moved, _lines_repeated, _lines_taken, _indented, _cut, _bytes_changed, _junk, _nested),
)
