"""What the evaluation of whole models knows, what it leaves open, and that it runs nothing."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from gconv_lint.frontends.fx.program import Program
from gconv_lint.frontends.whole.program import analyse
from gconv_lint.model.targets import Input, Limits, Target
from tests.model_support import command, written

HEAD = "import torch\nfrom torch import nn\n"


def evaluated(folder: Path, text: str, name: str = "Net", search: tuple[str, ...] = (), seconds: float = 20) -> Program:
    path = written(folder, {"net.py": HEAD + text}) / "net.py"
    (found,) = analyse([Target(f"{path}:{name}", (Input((1, 3, 32, 32)),))], Limits(seconds), search)
    return found


def params(found: Program) -> int:
    return sum(owner.params for owner in (found.owners or {}).values())


def test_an_unknown_call_is_a_gap_and_all_else_goes_on(tmp_path: Path) -> None:
    found = evaluated(
        tmp_path,
        """
import somewhere
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.strange = somewhere.Layer(8)
        self.tail = nn.Conv2d(8, 8, 1)
    def forward(self, x):
        return self.tail(self.strange(self.conv(x)))
""",
    )
    assert params(found) == 3 * 8 * 9 + 8 + 8 * 8 + 8
    assert next(gap.reason for gap in found.missed) == "`somewhere.Layer` is not understood"
    assert found.missed[0].place is not None
    assert found.missed[0].place.line == 9
    assert found.problem is None


def test_totals_with_gaps_are_a_part_of_the_whole(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "net.py": HEAD
            + """
import somewhere
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.strange = somewhere.Layer(8)
    def forward(self, x):
        return self.strange(self.conv(x))
"""
        },
    )
    run = command(tmp_path, "model", "net.py:Net", "--engine", "source", "--input", "1x3x8x8", "--isolated")
    assert run.code == 0
    assert "Parameters: at least 224, of which 224 are trainable." in run.out
    assert "MACs: at least 7,776" in run.out
    assert "Not understood, 1 time: `somewhere.Layer` is not understood." in run.out
    told = command(tmp_path, "model", "net.py:Net", "--engine", "source", "--output-format", "json", "--isolated")
    assert told.models["Net"]["partial"] is True


def test_no_rule_judges_a_graph_that_is_not_whole(tmp_path: Path) -> None:
    text = """
import somewhere
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 1, groups=4)
        self.b = nn.Conv2d(8, 8, 1, groups=4)
        self.c = nn.Conv2d(8, 8, 1)
    def forward(self, x):
        x = self.a(nn.functional.pad(x, (0, 0, 0, 0, 0, 5)))
        x = self.b(%s)
        return self.c(x)
"""
    for number, inner in enumerate(("x", "somewhere.mix(x)")):
        folder = written(tmp_path / str(number), {"net.py": HEAD + text % inner})
        run = command(folder, "model", "net.py:Net", "--engine", "source", "--input", "1x3x8x8", "--isolated")
        assert ("GC101" in run.out) is (number == 0)


def test_a_layer_that_torch_refuses_is_found_without_torch(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "net.py": HEAD
            + "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.conv = nn.Conv2d(10, 8, 3, groups=4)\n"
        },
    )
    run = command(tmp_path, "model", "net.py:Net", "--engine", "source", "--isolated")
    assert "net.py:6:21: GC002" in run.out
    assert run.code == 1


def test_an_input_that_does_not_fit_is_one_sentence(tmp_path: Path) -> None:
    written(tmp_path, {"net.py": HEAD + "def net():\n    return nn.Sequential(nn.Conv2d(4, 8, 3))\n"})
    run = command(tmp_path, "model", "net.py:net", "--engine", "source", "--input", "1x3x8x8", "--isolated")
    assert run.code == 2
    (said,) = run.errors
    assert "cannot be run: RuntimeError: Given groups=1, weight of size [8, 4, 3, 3]" in said


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("net.py:nett", "there is no `nett` in net.py (did you mean `net`?)"),
        ("no.py:net", "cannot be read: there is no file no.py"),
        ("nowhere.at.all:net", "cannot be read: there is no module nowhere.at.all"),
        ("broken.py:net", "cannot be read: cannot be parsed"),
    ],
)
def test_a_model_that_is_not_there_is_one_sentence(tmp_path: Path, target: str, said: str) -> None:
    written(tmp_path, {"net.py": HEAD + "def net():\n    return nn.Sequential()\n", "broken.py": "def net(:\n"})
    run = command(tmp_path, "model", target, "--engine", "source", "--isolated")
    assert run.code == 2
    assert said in run.errors[0]


def test_a_search_path_is_read_as_text(tmp_path: Path) -> None:
    written(tmp_path, {"lib/parts/__init__.py": HEAD + "def block(width):\n    return nn.Conv2d(3, width, 1)\n"})
    text = "from parts import block\nclass Net(nn.Sequential):\n    def __init__(self):\n        super().__init__(block(5))\n"
    assert params(evaluated(tmp_path, text)) == 0
    assert params(evaluated(tmp_path, text, search=(str(tmp_path / "lib"),))) == 20


def test_a_search_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    run = command(tmp_path, "model", "a.py:b", "--engine", "source", "--search-path", "nowhere", "--isolated")
    assert run.errors == ["gconv-lint: --search-path cannot be `nowhere`; allowed is a folder that exists"]


HOSTILE = {
    "endless": "def Net():\n    while True:\n        pass\n",
    "recursion": "def Net():\n    return Net()\n",
    "range": "def Net():\n    return [x for x in range(10**12)]\n",
    "text": "def Net():\n    a = 'a' * 100\n    for _ in range(100):\n        a = a + a\n    return a\n",
    "filled": "def Net():\n    return '{:>99999999999}'.format('x') + '%99999999999d' % 1 + f'{1:9999999999}'\n",
    "power": "def Net():\n    return 9 ** 9 ** 9 ** 9\n",
    "shift": "def Net():\n    return 1 << (1 << 62)\n",
    "list": "def Net():\n    a = [0]\n    while a:\n        a += a\n",
    "tower": "def Net():\n    a, b = (), ()\n    for _ in range(64):\n        a, b = (a, a), (b, b)\n    return a == b, {a: 1}, str(a), hash(a)\n",
    "metaclass": "class M(type):\n    def __call__(cls):\n        raise SystemExit\nclass Net(nn.Module, metaclass=M):\n    pass\n",
    "patched": "nn.Conv2d = None\ntorch.nn.Module.__init__ = print\ndef Net():\n    return nn.Conv2d(3, 3, 3)\n",
    "product": "import itertools\ndef Net():\n    return list(itertools.product(*[range(10**5)] * 9))\n",
    "replace": "def Net():\n    a = 'a' * 99999\n    return a.replace('a', a)\n",
    "deep": "def Net():\n    return " + "(" * 90 + "1" + ",)" * 90 + "\n",
    "zeros": "def Net():\n    return torch.zeros(10**9, 10**9), torch.arange(10**15), torch.ones(4).expand(10**9, 4)\n",
    "copies": "def Net():\n    a, b = [0] * 200000, []\n    while True:\n        b.append(a.copy())\n",
    "texts": "def Net():\n    b = []\n    while True:\n        b.append('a' * 200000)\n",
    "all": "def Net():\n    return all(range(1, 10**15))\n",
    "raised": "def Net():\n    a = ()\n    for _ in range(60):\n        a = (a, a)\n    raise ValueError(a, a)\n",
    "nested": "def Net():\n    a = ()\n    for _ in range(300000):\n        a = (a,)\n    return hash(a)\n",
    "said": "class E(Exception):\n    def __str__(self):\n        while True:\n            pass\nraise E()\n",
    "factors": "import math\ndef Net():\n    return math.prod([2**4000] * 200000)\n",
    "rows": "def Net():\n    return list(torch.zeros(10**9))\n",
    "layers": "def Net():\n    return nn.LSTM(3, 3, num_layers=10**10)\n",
    "raised power": "def Net():\n    return torch.tensor([9]) ** torch.tensor([9**9])\n",
    "joined": "def Net():\n    return torch.cat([torch.arange(60000)] * 100000)\n",
    "bases": "def Net():\n    A = nn.Module\n    while True:\n        A = type('A', (A,), {})\n",
    "generator": "def numbers():\n    while True:\n        yield 1\ndef Net():\n    for each in numbers():\n        pass\n",
    "exit": "import sys, os\nsys.exit(3)\ndef Net():\n    os._exit(3)\n",
}


SOUND = {
    "tables of modules": "self._modules['a'] = nn.Conv2d(3, 4, 1)",
    "endless iterators": "import itertools; c = itertools.count(3); self.a = nn.Conv2d(next(c), next(c), 1)",
    "defaults": "import collections; d = collections.defaultdict(list); d[4].append(1); self.a = nn.Conv2d(3, *d, 1)",
    "expressions": "import re; self.a = nn.Conv2d(3, int(re.match(r'c(\\d+)', 'c4').group(1)), 1)",
    "joined": "self.a = nn.Sequential(nn.Conv2d(3, 4, 1)) + nn.Sequential(nn.ReLU())",
    "fans": "self.a = nn.Conv2d(3, 4, 1); a, b = nn.init._calculate_fan_in_and_fan_out(self.a.weight); assert (a, b) == (3, 4)",
    "derived": "D = type('D', (dict,), {}); d = D(w=4); d['k'] = 1; self.a = nn.Conv2d(3, d['w'], d['k'])",
}


@pytest.mark.parametrize("name", SOUND)
def test_what_model_code_uses_is_followed(tmp_path: Path, name: str) -> None:
    body = f"class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {SOUND[name]}\n"
    found = evaluated(tmp_path, body + "    def forward(self, x):\n        return x\n")
    assert found.problem is None
    assert found.missed == ()
    assert params(found) == 3 * 4 + 4


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_ends_within_limits(tmp_path: Path, name: str) -> None:
    found = evaluated(tmp_path, HOSTILE[name], seconds=1)
    assert found.missed or found.problem is not None


def test_nothing_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    evaluated(
        tmp_path,
        f"""
import os, pathlib, subprocess, shutil
mark = {str(mark)!r}
open(mark, "w").write("x")
pathlib.Path(mark).touch()
os.system("touch " + mark)
subprocess.run(["touch", mark])
exec("open(mark, 'w')")
().__class__.__base__.__subclasses__()
def Net():
    shutil.rmtree(mark)
    return nn.Conv2d(3, 3, 1)
""",
    )
    assert not mark.exists()


def test_torch_is_not_imported(tmp_path: Path) -> None:
    import subprocess
    import sys

    written(tmp_path, {"net.py": HEAD + "def net():\n    return nn.Conv2d(3, 4, 3)\n"})
    words = "['model', 'net.py:net', '--engine', 'source', '--isolated']"
    text = f"import sys; from gconv_lint import cli; cli.main({words}); print(sorted({{'torch', 'numpy', 'libcst'}} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[3]
    run = subprocess.run(
        [sys.executable, "-c", text],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Parameters: 112," in run.stdout
    assert run.stdout.splitlines()[-1] == "[]"


CHANGES = ("None", "0", "-1", "[]", "self", "1.5", "'a'", "range(3)", "nn", "lambda *a: a", "{}", "10**9", "super()")


def test_mutated_models_are_reported_and_crash_nothing(tmp_path: Path) -> None:
    """Expressions of sound models are replaced by others: whatever that means, it is said, and within limits."""
    text = Path(__file__).with_name("models.py").read_text(encoding="utf-8")
    chance = random.Random(7)
    nodes = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.expr) and n.lineno == n.end_lineno and n.lineno > 18
    ]
    for number in range(30):
        node, lines = chance.choice(nodes), text.splitlines(keepends=True)
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + chance.choice(CHANGES) + line[node.end_col_offset :]
        path = written(tmp_path, {f"net{number}.py": "".join(lines)}) / f"net{number}.py"
        name = chance.choice(
            ("Shuffled", "Stages", "Branches", "Attention", "Upwards", "Norms", "Generated", "factory")
        )
        (found,) = analyse([Target(f"{path}:{name}", (Input((1, 3, 32, 32)),))], Limits(10))
        assert found.problem is not None or found.owners is not None or found.missed
        assert not [gap.reason for gap in found.missed if "gconv-lint's own" in gap.reason]


IMPORTS = """
import somewhere
{line}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, {width}, 1)
    def forward(self, x):
        return self.conv(x)
"""


@pytest.mark.parametrize(
    ("line", "width", "whole"),
    [
        ("extra = somewhere.count()", "8", True),
        ("extra = somewhere.count()", "8 if extra else 9", False),
        ("if somewhere.is_there(): WIDTH = 9", "8", True),
        ("WIDTH = 8\nif somewhere.is_there(): WIDTH = 9", "WIDTH", False),
        ("CFG = dict(width=8)\nsomewhere.adapt(CFG)", "8", False),
        ("CFG = dict(width=8)\nif somewhere.is_there(): CFG.update(width=9)", "8", False),
        ("try:\n    somewhere.load()\n    HAS = True\nexcept OSError:\n    HAS = False", "8", True),
        ("try:\n    somewhere.load()\n    HAS = True\nexcept OSError:\n    HAS = False", "8 if HAS else 9", False),
        ("try:\n    import strange\n    HAS = True\nexcept ImportError:\n    HAS = False", "8 if HAS else 9", False),
    ],
)
def test_what_imports_leave_unknown_counts_where_the_model_uses_it(
    tmp_path: Path, line: str, width: str, whole: bool
) -> None:
    found = evaluated(tmp_path, IMPORTS.format(line=line, width=width))
    assert (not found.missed) is whole
    assert not whole or params(found) == 3 * 8 + 8


PYTHON = """
import collections, dataclasses, re
@dataclasses.dataclass(frozen=True)
class Config:
    width: int
    def __post_init__(self):
        object.__setattr__(self, "double", 2 * self.width)
class Size:
    def __init__(self, width):
        self.width = width
    def __lt__(self, other):
        return self.width < other.width
sizes = [Size(8), Size(4), Size(6)]
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, {width}, 1)
    def forward(self, x):
        return self.conv(x)
"""


@pytest.mark.parametrize(
    ("width", "value"),
    [
        ("Config(4).double", 8),
        ("collections.deque([8, 4]).popleft()", 8),
        ("sorted(sizes)[0].width", 4),
        ("min(sizes).width", 4),
        ("max(sizes).width", 8),
        ("sorted(sizes, key=lambda size: size)[2].width", 8),
        ("max([(1, 4), (2, 6)])[1]", 6),
        ("int(re.search('([0-9]+)', 'net12').group(1))", 12),
        ("len(collections.defaultdict(list, a=[1])['a']) + 3", 4),
    ],
)
def test_what_python_makes_of_its_own_types_is_made_here(tmp_path: Path, width: str, value: int) -> None:
    found = evaluated(tmp_path, PYTHON.format(width=width))
    assert found.problem is None
    assert not found.missed
    assert params(found) == 4 * value


@pytest.mark.parametrize("width", ["collections.deque([8, 4], maxlen=1)[0]", "sorted([(1, sizes[0])] * 2)[0][0]"])
def test_what_is_not_followed_of_pythons_types_is_a_gap(tmp_path: Path, width: str) -> None:
    found = evaluated(tmp_path, PYTHON.format(width=width))
    assert found.problem is None
    assert found.missed


def test_a_module_that_is_set_around_its_owner_is_a_gap(tmp_path: Path) -> None:
    text = PYTHON.format(width="8").replace(
        "    def forward", "        object.__setattr__(self, 'other', nn.Conv2d(3, 8, 1))\n    def forward"
    )
    assert evaluated(tmp_path, text).missed


@pytest.mark.parametrize(
    ("behind", "width"),
    [("yield 8", 8), ("with torch.no_grad(): yield 8", 8), ("yield 8\n    widths.append(5)", 13)],
)
def test_what_a_generator_does_behind_its_yield_is_done_when_it_is_left(
    tmp_path: Path, behind: str, width: int
) -> None:
    text = (
        PYTHON.format(width="sum(widths)")
        .replace(
            "class Net",
            f"""
from contextlib import contextmanager
widths = []
@contextmanager
def around():
    {behind}
class Net""",
        )
        .replace(
            "        self.conv", "        with around() as width:\n            widths.append(width)\n        self.conv"
        )
    )
    found = evaluated(tmp_path, text)
    assert not found.missed
    assert params(found) == 4 * width


def test_a_base_that_cannot_be_read_may_add_layers(tmp_path: Path) -> None:
    text = """
from strange import Mixin
class Net(Mixin, nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)
    def forward(self, x):
        return self.conv(x)
"""
    found = evaluated(tmp_path, text)
    assert params(found) == 32
    assert found.missed[0].reason == "`strange.Mixin` cannot be read, which may define anything that `Net` has"
    assert not evaluated(tmp_path, text.replace("Mixin, nn.Module", "nn.Module, Mixin")).missed


def test_a_decorator_that_cannot_be_read_may_change_what_a_method_does(tmp_path: Path) -> None:
    text = """
from strange import wrapped
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)
    @wrapped
    def forward(self, x):
        return self.conv(x)
"""
    assert evaluated(tmp_path, text).missed


def test_channels_beyond_all_memory_end_the_work(tmp_path: Path) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 2**70, 3), nn.GroupNorm(2, 2**70))
    def forward(self, x):
        return self.body(x)
"""
    reasons = [gap.reason for gap in evaluated(tmp_path, text).missed]
    assert reasons == ["it makes tensors of more channels than are followed"]
