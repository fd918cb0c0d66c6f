"""Files that would hurt a careless evaluator: each costs at most one clear problem, and the others go on."""

from __future__ import annotations

import codecs
import os
import time
from pathlib import Path
from textwrap import indent

import pytest
from evaluator_support import HEAD, Analysis, analysed, analysed_files, channels, convs

CONV = "nn.Conv2d(8, 16, 3, groups=4)\n"
#: Texts that run long, grow or recurse; the convolution on their last line is what a reader would like to know of.
HOSTILE = {
    "endless loop": "while True:\n    pass\n",
    "endless loop that grows": "items = []\nwhile True:\n    items.append(items)\n",
    "endless generator": "def forever():\n    while True:\n        yield 1\nlist(forever())\n",
    "recursion": "def f(x):\n    return f(x + 1)\nf(1)\n",
    "mutual recursion": "def f(x):\n    return g(x) + g(x)\ndef g(x):\n    return f(x) + f(x)\nf(1)\n",
    "recursion in a constructor": "class A(nn.Module):\n    def __init__(self, n):\n        self.a = A(n + 1)\nA(1)\n",
    "power tower": "x = 9 ** 9 ** 9 ** 9\n",
    "growing power": "x = 3\nfor i in range(64):\n    x = x ** x\n",
    "huge range": "for i in range(10 ** 18):\n    x = i\n",
    "huge list": "x = [0] * 10 ** 12\n",
    "huge text": "x = 'a' * 10 ** 12\ny = '%999999999d' % 1\nz = '{:999999999}'.format(1)\nw = f'{1:999999999}'\n",
    "huge shift": "x = 1 << 10 ** 9\n",
    "huge factorial": "import math\nx = math.factorial(10 ** 7)\n",
    "doubling list": "x = [1]\nfor i in range(200):\n    x += x\n",
    "doubling tuple": "x = (1,)\nfor i in range(200):\n    x = x + x\n",
    "doubling text": "x = 'ab'\nfor i in range(200):\n    x = x + x\n",
    "nested ranges": "n = [i + j + k for i in range(2000) for j in range(2000) for k in range(2000)]\n",
    "many branches": "def f(a):\n" + "".join(f"    if a[{i}]:\n        a = a + {i}\n" for i in range(400)) + "    return a\nf(unknown)\n",
    "branches in branches": "def f(a):\n" + "".join("    " * i + f"    if a.x{i}:\n" for i in range(40)) + "    " * 41 + "return 1\nf(unknown)\n",
    "a list in itself": "x = []\nx.append(x)\nx[0][0][0] == x\nstr(x)\ny = {}\ny['y'] = y\nz = (x, y) == (x, y)\n",
    "an object in itself": "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.me = self\n        self.l = [self]\nA()\nA()\n",
    "metaclass": "class M(type):\n    def __call__(cls, *a):\n        return cls\nclass A(metaclass=M):\n    pass\nA(1)\n",
    "__class_getitem__": "class A:\n    def __class_getitem__(cls, k):\n        return cls\nA[3](4)\n",
    "__getattr__": "class A:\n    def __getattr__(self, k):\n        return getattr(self, k)\nA().b.c\n",
    "__eq__": "class A:\n    def __eq__(self, o):\n        return self == o\nA() == A()\n",
    "torch is patched": "import torch\ntorch.nn.ReLU = torch.conv2d = None\nnn.GELU = lambda *a: 1\n",
    "builtins are shadowed": "def len(x):\n    return len(x)\nrange = int = min = None\nlen([])\n",
    "eval and exec": "exec('x = 1')\ny = eval('__import__(\"os\")')\n",
    "a class that is its own base": "class A(A):\n    pass\nA()\n",
    "bases in a circle": "class A(B):\n    pass\nclass B(A):\n    pass\nB()\n",
    "names that need each other": "a = b + 1\nb = a + 1\nf = lambda: g()\ng = lambda: f()\nf()\n",
    "deep expression": "x = " + "-" * 600 + "1\n",
    "long sum": "x = " + " + ".join(f"a{i}" for i in range(600)) + "\n",
    "deep brackets": "x = " + "(" * 150 + "1" + ")" * 150 + "\n",
    "long chain of calls": "x = a" + ".b()" * 800 + "\n",
    "many elifs": "if a == 0:\n    x = 0\n" + "".join(f"elif a == {i}:\n    x = {i}\n" for i in range(700)),
    "unusual targets": "(a, *b), c[d:e], f.g = h\nfor x.y in z:\n    pass\nwith a as (b, c):\n    del b, c.d, e[f]\n",
    "unhashable keys": "x = {[]: 1}\ny = {{}: 2}\nz = {(1, []): 3}\nx[{}]\n",
    "division by zero": "x = 1 // 0\ny = 1 % 0\nz = 1 / 0\n",
    "wrong calls": "def f(a, *, b):\n    pass\nf()\nf(1, 2, 3)\nf(1, c=2)\nf(*1, **2)\nnn.Linear(1, 2, 3, 4, 5, 6, 7, 8)\n",
    "async": "async def f():\n    async with a as b:\n        async for c in d:\n            await e\nf()\n",
    "yield everywhere": "def f():\n    x = yield\n    y = yield from f()\n    return (yield x)\nlist(f())\n",
}  # fmt: skip


@pytest.mark.parametrize("where", ["script", "function"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_is_read_in_bounded_time(name: str, where: str) -> None:
    started = time.process_time()
    text = HOSTILE[name]
    before = f"if unknown:\n{indent(text, '    ')}    nn.Conv2d(1, 1, 1)\n"
    if where == "function":
        before = f"def run(unknown, a, b, h, z):\n{indent(text, '    ')}    return nn.Conv2d(1, 1, 1)\n"
    analysis = analysed(HEAD + before + "def last():\n    return " + CONV)
    assert time.process_time() - started < 10, name
    assert not analysis.problems
    assert channels(convs(analysis)[-1]) == (8, 16, 4)


@pytest.mark.parametrize("kind", ["functions", "classes"])
def test_many_that_run_long_share_what_a_file_may_take(kind: str) -> None:
    if kind == "functions":
        one = "def build{}():\n    n = 0\n    while n != -1:\n        nn.Conv2d(8, 8, 3, groups=2)\n        n = n + 1\n"
    else:
        one = (
            "class Net{}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        n = 0\n"
            "        while n != -1:\n            nn.Conv2d(8, 8, 3, groups=2)\n            n = n + 1\n"
        )
    alone, many = (analysed(HEAD + "".join(map(one.format, range(n)))).groups_reached for n in (1, 60))
    assert 0 < many <= 20 * alone


def _problem(data: bytes) -> str:
    """The message of the one problem of a file, with a second file whose convolution is still found."""
    analysis = analysed(data, "bad.py")
    (problem,) = analysis.problems
    assert problem.path == "bad.py"
    assert not analysis.layers
    assert "\n" not in problem.message
    return problem.message


def test_null_bytes() -> None:
    assert "null bytes" in _problem((HEAD + CONV).encode() + b"\x00")


def test_bytes_that_are_no_utf8() -> None:
    assert (
        _problem((HEAD + "# caf\xe9\n" + CONV).encode("latin-1"))
        == "cannot be decoded as utf-8: byte 0xe9 at offset 26"
    )


def test_an_encoding_that_nobody_knows() -> None:
    assert "klingon" in _problem(b"# -*- coding: klingon -*-\n" + (HEAD + CONV).encode())


def test_a_syntax_error_has_its_place() -> None:
    analysis = analysed(HEAD + CONV + "def f(:\n")
    (problem,) = analysis.problems
    assert (problem.line, problem.column) == (3, 7)
    assert problem.message.startswith("cannot be parsed: ")


def test_the_syntax_of_another_python() -> None:
    assert _problem((HEAD + CONV + "print 'Python 2'\n").encode()).startswith("cannot be parsed: ")
    assert _problem((HEAD + CONV + "x = a ?? b\n").encode()).startswith("cannot be parsed: ")


def test_nesting_that_the_parser_refuses() -> None:
    assert _problem((HEAD + CONV + "x = " + "(" * 5000 + ")" * 5000).encode()).startswith("cannot be parsed: ")


@pytest.mark.parametrize(
    "expression", ["-" * 50_000 + "1", "+".join(["a"] * 200_000), "a" + "[0]" * 20_000, "f" + "()" * 20_000]
)
def test_an_expression_without_end(tmp_path: Path, expression: str) -> None:
    started = time.process_time()
    analysis = analysed_files(tmp_path, {"bad.py": f"{HEAD}x = {expression}\n", "good.py": HEAD + CONV})
    assert time.process_time() - started < 10
    assert {Path(p.path).name for p in analysis.problems} <= {"bad.py"}
    assert len(analysis.problems) <= 1
    assert [channels(layer) for layer in convs(analysis)] == [(8, 16, 4)]


def test_a_file_that_is_too_long() -> None:
    assert "is longer than 5,000,000 bytes, the most that is read" in _problem(
        (HEAD + CONV + "# padding\n" * 600_000).encode()
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    analysis = analysed_files(tmp_path, {"good.py": HEAD + CONV})
    assert len(convs(analysis)) == 1
    missing = analyse_paths(tmp_path / "missing.py", tmp_path / "good.py")
    assert [p.message for p in missing.problems] == ["cannot be read: No such file or directory"]
    assert len(convs(missing)) == 1


def analyse_paths(*paths: Path) -> Analysis:
    from gconv_lint.frontends.source import analyse

    return analyse([str(path) for path in paths])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        codecs.BOM_UTF8 + (HEAD + CONV).encode(),
        (HEAD + CONV).replace("\n", "\r\n").encode(),
        (HEAD + CONV).replace("\n", "\r").encode(),
        ("# -*- coding: latin-1 -*-\n# caf\xe9\n" + HEAD + CONV).encode("latin-1"),
        (HEAD + "\x0c\n" + CONV).encode(),
        (HEAD + CONV).rstrip("\n").encode(),
    ],
    ids=["empty", "byte order mark", "CRLF", "CR", "latin-1 with a cookie", "form feed", "no last newline"],
)
def test_unusual_but_fine(data: bytes) -> None:
    analysis = analysed(data)
    assert not analysis.problems
    assert [channels(layer) for layer in convs(analysis)] == ([(8, 16, 4)] if data else [])


def test_columns_count_characters() -> None:
    (layer,) = convs(HEAD + "x = '\u00e9\u00e9\u00e9'; " + CONV)
    assert (layer.place.line, layer.place.column) == (2, 12)


def test_nothing_is_run(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("alive")
    text = f"""\
import os, shutil, subprocess, sys
{HEAD}
os.remove({str(victim)!r})
shutil.rmtree({str(tmp_path)!r})
subprocess.run(["rm", "-rf", {str(tmp_path)!r}])
open({str(victim)!r}, "w").close()
os.environ["GCONV_LINT_WAS_HERE"] = "1"
sys.exit(3)
class Evil(nn.Module):
    def __init__(self):
        os._exit(4)
    def __del__(self):
        os.remove({str(victim)!r})
Evil()
{CONV}
"""
    analysis = analysed(text)
    assert not analysis.problems
    assert len(convs(analysis)) == 1
    assert victim.read_text() == "alive"
    assert "GCONV_LINT_WAS_HERE" not in os.environ


def test_files_that_import_each_other(tmp_path: Path) -> None:
    files = {
        "ring/__init__.py": "from .a import *\n",
        "ring/a.py": f"{HEAD}from .b import make, WIDTH\nfrom . import b\ndef use():\n    return make(WIDTH * 2)\n",
        "ring/b.py": f"{HEAD}from .a import use\nfrom .a import *\nWIDTH = 8\ndef make(width):\n    return nn.Conv2d(width, width, 3, groups=width)\n",
    }
    assert [channels(layer) for layer in convs(analysed_files(tmp_path, files))] == [(16, 16, 16)]


def test_one_bad_file_costs_nothing_else(tmp_path: Path) -> None:
    files = {
        "bad.py": HEAD + "def (groups=nn.Conv2d\n",
        "good.py": HEAD + CONV,
        "loop.py": HEAD + "while True:\n    x = 1\n" + CONV,
    }
    analysis = analysed_files(tmp_path, files)
    assert [Path(p.path).name for p in analysis.problems] == ["bad.py"]
    assert {Path(layer.place.path).name for layer in convs(analysis)} >= {"good.py"}


def test_the_same_text_gives_the_same_layers() -> None:
    text = HEAD + "".join(HOSTILE[name] for name in ("many branches", "growing power", "mutual recursion")) + CONV
    first, second = ([channels(layer) for layer in convs(text)] for _ in range(2))
    assert first == second
