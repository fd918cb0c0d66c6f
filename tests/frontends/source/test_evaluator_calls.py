"""How calls reach convolutions: signatures, wrappers, subclasses, imports, and the call that chose the numbers."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from evaluator_support import HEAD, analysed, analysed_files, channels, convs, only

from gconv_lint.model.dims import FloorZero, Sym

S = Sym.atom


def code(text: str) -> str:
    return HEAD + dedent(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nn.Conv2d(8, 16, 3, groups=4)", (8, 16, 4)),
        ("nn.Conv2d(8, 16, 3, 1, 1, 1, 4)", (8, 16, 4)),
        ("nn.Conv2d(kernel_size=3, groups=4, out_channels=16, in_channels=8)", (8, 16, 4)),
        ("nn.Conv2d(*[8, 16, 3], **{'groups': 4})", (8, 16, 4)),
        ("nn.Conv2d(*(8, 16), *[3], groups=4)", (8, 16, 4)),
        ("nn.ConvTranspose2d(8, 16, 3, 1, 0, 0, 4)", (8, 16, 4)),
        ("nn.LazyConv2d(16, 3, groups=4)", (None, 16, 4)),
        ("(lambda c: nn.Conv2d(c, c * 2, 3, groups=c // 2))(8)", (8, 16, 4)),
        ("getattr(nn, 'Conv2d')(8, 16, 3, groups=4)", (8, 16, 4)),
        ("nn.modules.conv.Conv2d(8, 16, 3, groups=4)", (8, 16, 4)),
        ("{'conv': nn.Conv2d}['conv'](8, 16, 3, groups=4)", (8, 16, 4)),
        ("[nn.Conv2d(8, 16, 3, groups=g) for g in (4,)][0]", (8, 16, 4)),
    ],
)
def test_constructor(text: str, expected: tuple[Any, ...]) -> None:
    found = only(code(text + "\n"))
    assert (
        tuple(None if isinstance(v, Sym) and e is None else v for v, e in zip(found, expected, strict=True)) == expected
    )


@pytest.mark.parametrize(
    "imports",
    [
        "import torch\nConv = torch.nn.Conv2d",
        "import torch.nn as nn\nConv = nn.Conv2d",
        "from torch import nn\nConv = nn.Conv2d",
        "from torch.nn import Conv2d as Conv",
        "from torch.nn import *\nConv = Conv2d",
        "import torch.nn\nmodule = torch.nn\nConv = module.Conv2d",
        "try:\n    from torch.nn import Conv2d as Conv\nexcept ImportError:\n    Conv = None",
        "from torch import nn\nclass Conv(nn.Conv2d):\n    pass",
        "from torch import nn\nclass Conv(nn.Conv2d):\n    def __init__(self, i, o, k, **kw):\n        super().__init__(i, o, k, **kw)",
        "from torch import nn\nclass Conv(nn.Conv2d):\n    def __init__(self, *a, **kw):\n        nn.Conv2d.__init__(self, *a, **kw)",
        "from torch import nn\nclass A(nn.Conv2d):\n    pass\nclass Conv(A):\n    def __init__(self, *a, **kw):\n        super(Conv, self).__init__(*a, **kw)",
        "from functools import partial\nfrom torch import nn\nConv = partial(nn.Conv2d, 8)\nbase, Conv = Conv, lambda i, o, k, groups: base(o, k, groups=groups)",
    ],
)
def test_names_for_conv2d(imports: str) -> None:
    layers = convs(f"{imports}\nlayer = Conv(8, 16, 3, groups=4)\n")
    assert (8, 16, 4) in [channels(layer) for layer in layers]


def test_partial_adds_and_overrides() -> None:
    text = """
        from functools import partial
        grouped = partial(nn.Conv2d, kernel_size=3, groups=4)
        a = grouped(8, 16)
        b = partial(grouped, groups=2)(8, 16)
    """
    assert [channels(layer) for layer in convs(code(text))] == [(8, 16, 4), (8, 16, 2)]


def test_parameters_without_defaults_are_symbols() -> None:
    text = """
        class Block(nn.Module):
            def __init__(self, dim, groups=2):
                super().__init__()
                self.a = nn.Conv2d(dim, dim * 2, 3, groups=groups)
                self.b = nn.Conv2d(dim // 2 * 2, dim // 4, 3, groups=dim)
    """
    first, second = (channels(layer) for layer in convs(code(text)))
    assert first == (S("dim"), Sym(((("dim",), 2),)), 2)
    assert second[1:] == (S("dim // 4"), S("dim"))


def test_symbols_keep_what_is_equal_equal() -> None:
    text = """
        class Block(nn.Module):
            def __init__(self, config):
                super().__init__()
                width = config.width * 2
                self.conv = nn.Conv2d(config.width + config.width, width, 3, groups=width)
    """
    inputs, outputs, groups = only(code(text))
    assert inputs == outputs == groups
    assert str(groups) == "2 * config.width"


def test_class_attributes_and_methods() -> None:
    text = """
        class Base(nn.Module):
            groups = 2
            def __init__(self, width):
                super().__init__()
                self.width = width
                self.conv = self.make()
            def make(self):
                return nn.Conv2d(self.width, self.width, 3, groups=self.groups)
        class Child(Base):
            groups = 4
        Base(8)
        Child(8)
    """
    assert {channels(layer) for layer in convs(code(text))} == {(8, 8, 2), (8, 8, 4)}


def test_a_context_gives_a_layer_of_its_own() -> None:
    text = """
        class Block(nn.Module):
            def __init__(self, width, groups):
                super().__init__()
                self.conv = nn.Conv2d(width, width, 3, groups=groups)
        net = nn.Sequential(Block(8, 2), Block(8, groups=4), Block(8, 2), *[Block(16, g) for g in (4, 8)])
    """
    assert {channels(layer) for layer in convs(code(text))} == {(8, 8, 2), (8, 8, 4), (16, 16, 4), (16, 16, 8)}


def test_a_branch_that_is_known_is_the_only_one() -> None:
    text = """
        def make(width, deep=False, act=None):
            if deep:
                return nn.Conv2d(width, width, 3, groups=3)
            if act is None:
                return nn.Conv2d(width, width, 3, groups=2)
            return nn.Conv2d(width, width, 3, groups=5)
        make(8)
    """
    assert only(code(text)) == (8, 8, 2)


def test_a_branch_that_is_not_known_is_followed_on_both_sides() -> None:
    text = """
        def make(width, deep):
            groups = 2
            if deep:
                groups = 4
                nn.Conv2d(width, width, 1, groups=groups)
            return nn.Conv2d(width, width, 3, groups=groups)
    """
    inside, after = (channels(layer) for layer in convs(code(text)))
    assert inside == (S("width"), S("width"), 4)
    assert isinstance(after[2], Sym)


def test_a_conv_that_only_forward_makes() -> None:
    text = """
        class Smooth(nn.Module):
            def __init__(self, groups=4):
                super().__init__()
                self.groups = groups
            def forward(self, x):
                return nn.Conv2d(16, 16, 3, groups=self.groups)(x)
    """
    (layer,) = convs(code(text))
    assert channels(layer) == (16, 16, 4)
    assert layer.site is not None
    assert layer.site.method == "forward"


@pytest.mark.parametrize(
    "statement", ["build([8, 16])", "nets = [build(w) for w in [[8, 16]]]", "for w in ([8, 16],):\n    build(w)"]
)
def test_top_level_statements_are_scripts(statement: str) -> None:
    text = "def build(widths):\n    return nn.Conv2d(widths[0], widths[1], 3, groups=widths[0] // 2)\n"
    assert only(HEAD + text + statement + "\n") == (8, 16, 4)


def test_zero_from_rounding_is_told_from_zero() -> None:
    text = "a = nn.Conv2d(8, 8 // 16, 1)\nb = nn.Conv2d(8, 0, 1)\nc = nn.Conv2d(8, int(8 * 0.1), 1)\n"
    kinds = [type(channels(layer)[1]) for layer in convs(HEAD + text)]
    assert kinds == [FloorZero, int, FloorZero]


def test_long_helpers_that_make_no_layer_are_not_run() -> None:
    chores = "".join(f"        if config.option_{i}:\n            self.width = {i}\n" for i in range(60))
    text = f"""\
class Net(nn.Module):
    def __init__(self, config, width=8):
        super().__init__()
        self.width, self.depth = width, 4
        self.configure(config)
        self.conv = nn.Conv2d(16, 16, 3, groups=self.width)
        self.other = nn.Conv2d(16, 16, 3, groups=self.depth)
    def configure(self, config):
{chores}
"""
    first, second = (channels(layer) for layer in convs(HEAD + text))
    assert isinstance(first[2], Sym)
    assert second == (16, 16, 4)


def test_the_call_that_chose_the_numbers() -> None:
    text = code("""
        class Block(nn.Module):
            def __init__(self, width, groups):
                super().__init__()
                self.conv = nn.Conv2d(width, width, 3, groups=groups)

        def stage(width):
            return Block(width, 3)

        net = stage(64)
    """)
    (layer,) = convs(text)
    line = text.split("\n").index("net = stage(64)") + 1
    assert [(r.place.line, r.message) for r in layer.trace] == [(line, "the numbers come from `stage(64)`")]


def test_a_call_with_its_own_numbers_needs_no_other() -> None:
    text = "def stage(x):\n    return nn.Conv2d(8, 16, 3, groups=4)\nstage(1)\n"
    (layer,) = convs(HEAD + text)
    assert list(layer.trace) == []


FILES = {
    "net/__init__.py": "from .models import *\nfrom .blocks import Block\n",
    "net/blocks/__init__.py": "from .block import Block, conv as make_conv\nfrom . import block as inner\n",
    "net/blocks/block.py": """\
import torch.nn as nn
WIDTH = 8
def conv(i, o, groups=1):
    return nn.Conv2d(i, o, 3, groups=groups)
class Block(nn.Module):
    def __init__(self, i, o, groups):
        super().__init__()
        self.conv = conv(i, o, groups)
""",
}


@pytest.mark.parametrize(
    "imports",
    [
        "from .blocks.block import Block",
        "from .blocks import Block",
        "from . import blocks\nBlock = blocks.Block",
        "from net.blocks import Block",
        "import net.blocks.block as b\nBlock = b.Block",
        "from net import Block",
        "from .blocks import inner\nBlock = inner.Block",
        "from .blocks import *",
        "from ..net.blocks import Block",
        "from .blocks import make_conv as Block",
    ],
)
def test_imports_across_files(tmp_path: Path, imports: str) -> None:
    text = f"import torch.nn as nn\n{imports}\nlayer = Block(8, 16, groups=4)\n"
    analysis = analysed_files(tmp_path, {**FILES, "net/models.py": text})
    assert (8, 16, 4) in [channels(layer) for layer in convs(analysis)]
    assert not analysis.problems


def test_namespace_packages(tmp_path: Path) -> None:
    files = {
        "space/parts/block.py": FILES["net/blocks/block.py"],
        "space/model.py": "import torch\nfrom parts.block import Block\nBlock(8, 16, 4)\n",
    }
    found = [channels(layer) for layer in convs(analysed_files(tmp_path, files))]
    assert all(c == (8, 16, 4) or isinstance(c[0], Sym) for c in found)


def test_a_finding_in_an_imported_file_stands_at_the_call_under_test(tmp_path: Path) -> None:
    analysed_files(tmp_path, FILES)
    main = analysed_files(tmp_path, {"main.py": "import torch\nfrom net.blocks import Block\nBlock(8, 16, 4)\n"})
    (layer,) = convs(main)
    assert Path(layer.place.path).name == "main.py"
    assert (layer.place.line, channels(layer)) == (3, (8, 16, 4))


def test_dict_literals_as_arguments() -> None:
    text = "kw = {'groups': 2}\nkw['groups'] = 4\nkw.update(bias=False)\nnn.Conv2d(8, 16, 3, **kw)\nnn.Conv2d(8, 16, 3, **{**kw, 'groups': 8})\n"
    known = [
        channels(layer)[2]
        for layer in convs(HEAD + "def f():\n" + "".join(f"    {line}\n" for line in text.splitlines()) + "f()\n")
    ]
    assert known == [4, 8]


def test_dictionaries_keep_the_keys_that_no_branch_touches() -> None:
    text = """
        def f(flag, **kw):
            if flag:
                kw.setdefault('bias', False)
                kw['stride'] = 2
            return nn.Conv2d(8, 16, 3, **kw)
        f(unknown, groups=4)
    """
    assert only(code(text)) == (8, 16, 4)


def test_expected_failures_are_marked() -> None:
    text = """
        import pytest
        def test():
            with pytest.raises(ValueError):
                nn.Conv2d(8, 16, 3, groups=3)
            try:
                nn.Conv2d(8, 16, 3, groups=5)
            except ValueError:
                pass
            nn.Conv2d(8, 16, 3, groups=7)
        test()
    """
    assert [(channels(layer)[2], layer.may_raise) for layer in convs(code(text))] == [(3, True), (5, True), (7, False)]


def test_unknown_objects_remember_what_is_written_to_them() -> None:
    text = """
        def f(config, other):
            config.width = 8
            if other.flag:
                config.groups = 4
            nn.Conv2d(config.width, config.out, 3, groups=config.groups)
    """
    inputs, outputs, groups = only(code(text))
    assert (inputs, outputs) == (8, S("config.out"))
    assert isinstance(groups, Sym)


def test_what_one_root_writes_no_other_reads() -> None:
    text = """
        def a(config):
            config.width = 8
            return nn.Conv2d(config.width, 1, 3, groups=1)
        def b(config):
            return nn.Conv2d(config.width, 1, 3, groups=1)
    """
    assert [channels(layer)[0] for layer in convs(code(text))] == [8, S("config.width")]


def test_an_undecided_write_in_a_remembered_call_is_no_fact() -> None:
    text = """
        def setup(config):
            config.width = 8
        def f(config, flag):
            if flag:
                setup(config)
            return nn.Conv2d(config.width, 1, 3, groups=1)
    """
    assert isinstance(only(code(text))[0], Sym)


def test_a_remembered_object_that_was_changed_is_made_anew() -> None:
    text = """
        class Box(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.width = width
        a = Box(8)
        a.width = 9
        nn.Conv2d(Box(8).width, a.width, 3, groups=1)
    """
    text = "def f():\n" + "".join(f"    {line}\n" for line in dedent(text).splitlines()) + "f()\n"
    inputs, outputs, _ = only(HEAD + text)
    assert inputs == 8
    assert outputs == 9 or isinstance(outputs, Sym)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("for i in (1, 2, 3):\n    if unknown:\n        break\n    g = i", Sym),
        ("for i in (1, 2, 3):\n    if unknown:\n        continue\n    g = i", Sym),
        ("for i in (1, 2, 3):\n    if unknown:\n        if other:\n            break\n    g = i", Sym),
        ("for i in (1, 2, 3):\n    if i == 2:\n        break\n    g = i", 1),
        ("for i in unknown:\n    g = i", Sym),
        ("while unknown:\n    g = g + 1", Sym),
        ("for i in (1, 2):\n    pass\nelse:\n    g = 5", 5),
        ("if unknown:\n    if other:\n        return\n    g = 4\nelse:\n    g = 4", Sym),
        ("try:\n    g = [1][5]\nexcept IndexError:\n    g = 3", 3),
        ("try:\n    g = 3\nfinally:\n    g += 1", 4),
        ("g = 2 if unknown is None else 2", 2),
        ("g = 4\nif unknown:\n    raise ValueError\n", 4),
        ("match unknown:\n    case 1:\n        g = 2\n    case _:\n        g = 3", Sym),
    ],
)
def test_control_flow(body: str, expected: Any) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    groups = only(f"{HEAD}def f(unknown, other, g=0):\n{lines}    return nn.Conv2d(8, 8, 1, groups=g)\n")[2]
    assert isinstance(groups, Sym) if expected is Sym else groups == expected


def test_reach_counts_the_ways_that_a_project_takes() -> None:
    text = """
        class Block(nn.Module):
            def __init__(self, width, groups):
                super().__init__()
                self.conv = nn.Conv2d(width, width, 3, groups=groups)
        Block(8, 2)
        Block(8, 4)
        def build(flag, groups):
            return Block(8, groups)
    """
    analysis = analysed(code(text))
    assert (analysis.groups_reached, analysis.groups_decided) == (3, 2)


def test_a_method_does_not_stand_for_a_function_of_its_name() -> None:
    text = """
class Opaque:
    def __init__(self, function):
        self.function = function

@Opaque
def build(channels=8, groups=4):
    return nn.Conv2d(channels, channels, 3, groups=groups)

class Maker:
    @Opaque
    def build(self, channels=6, groups=2):
        return nn.Conv2d(channels, channels, 3, groups=groups)
"""
    assert (8, 8, 4) in [channels(layer) for layer in convs(code(text))]


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        ("class Net(nn.Module):\n    def setup(self):", "self.conv = nn.Conv2d(8, 16, 3, groups=4)"),
        ("class Mixin:\n    width = 8\n    def make(self):", "return nn.Conv2d(self.width, 16, 3, groups=4)"),
        ("class Mixin:\n    @staticmethod\n    def make(width=8):", "return nn.Conv2d(width, 16, 3, groups=4)"),
        (
            "class Mixin:\n    width = 8\n    @classmethod\n    def make(cls):",
            "return nn.Conv2d(cls.width, 16, 3, groups=4)",
        ),
        (
            "class Net:\n    def __init__(self):\n        pass\n    @property\n    def conv(self):",
            "return nn.Conv2d(8, 16, 3, groups=4)",
        ),
    ],
)
def test_a_method_that_only_users_call(heading: str, body: str) -> None:
    assert only(code(f"{heading}\n        {body}\n")) == (8, 16, 4)


def test_what_subclasses_are_to_set_is_not_known_in_a_method_either() -> None:
    text = "class Base:\n    width = 0\n    def make(self):\n        return nn.Conv2d(self.width, 16, 3, groups=4)\n"
    assert only(code(text)) == (S("width"), 16, 4)


@pytest.mark.parametrize(
    "groups",
    [
        "4 if isinstance(np.floor(8.6), float) else 3",
        "3 if isinstance(np.ceil(2.5), int) else 4",
        "3 if np.log(0) > 0 else 4",
        "4 if np.isnan(np.sqrt(-1.0)) else 3",
    ],
)
def test_numpy_rounds_to_floats_and_never_raises(groups: str) -> None:
    found = only(code(f"import numpy as np\nnn.Conv2d(64, 64, 1, groups={groups})\n"))
    assert found[2] == 4 or isinstance(found[2], Sym)
