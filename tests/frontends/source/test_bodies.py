"""Files whose functions are parsed when somebody looks into them: the tree is the one that Python's parser makes."""

from __future__ import annotations

import ast
import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

from gconv_lint.frontends.source import analyse, project
from gconv_lint.frontends.source.bodies import is_unread, parse
from gconv_lint.frontends.source.parsed_files import SourceFile

#: What a reader of lines may take for the end of a function, or for a function.
TRICKY = {
    "a text with code in its first column": '''
def first():
    """Use it so:

def second():
    pass

class Third:
"""
    return 1


def fourth():
    return 2
''',
    "three quotes in a comment": '''
# between """
def first():
    """Use it so:

    def second():
        pass

    """
    return 1
''',
    "three quotes in a text": '''
QUOTES = '"""'

def first():
    """Use it so:

    def second():
        pass

    """
    return 1
''',
    "escaped quotes at the end of a text": r'''
def first():
    """Use it so: \"""

    def second():
        pass

    """
    return 1
''',
    "a text that a line break joins": r"""
HELP = 'so \
def first(): \
    pass \
'

def second():
    return 1
""",
    "a closing bracket in the first column": """
def f():
    return g(
        1,
)


x = 2
""",
    "arguments in the first column": """
def f():
    return g(
1,
2)

def h():
    return 3
""",
    "a comment in the first column": """
def f():
    a = 1
# not the end
    return a
""",
    "bodies on one line": """
def f(): return 1
def g(a, b=(1, 2)): a = b; return a
class C:
    def h(self): ...
    def i(self):
        return 1
""",
    "headings of several lines": """
def f(
    a,
    b=(1, 2),  # (
    *args: int,
    c: "str" = "):",
    **kwargs,
) -> dict[
    str, int
]:
    return {}
""",
    "brackets in texts": """
def f(a="(", b=')'):
    return a

def g(a="((("):
    return a
""",
    "nested definitions": """
def f():
    def g():
        class H:
            def i(self):
                return 1
        return H
    return g


class A:
    class B:
        async def c(self):
            await self

    def d(self):
        return 1
""",
    "definitions in blocks": """
if True:
    def f():
        return 1
else:
    def f():
        return 2
try:
    import x
except ImportError:
    def g():
        return 3
finally:
    def h():
        return 4
for i in range(3):
    def j():
        return 5
""",
    "decorators": """
@a
@b(1,
   2)
def f():
    return 1

class C:
    @property
    def g(self):
        return 2
""",
    "tabs": "def f():\n\treturn 1\nclass C:\n\tdef g(self):\n\t\treturn 2\n",
    "continued lines": "def f():\n    x = 1 + \\\n2\n    return x\n",
    "no end of line at the end": "def f():\n    return 1",
    "quotes of the other kind": "def f():\n    a = '''\n\"\"\"\ndef g():\n'''\n    return a\n\n\ndef h():\n    return 1\n",
    "blank lines and comments at the end": "def f():\n    return 1\n\n    # more\n\n\n# other\nx = 1\n",
    "a lambda and a match": "def f(a=lambda x: (x, 1)):\n    match a:\n        case 1:\n            return 1\n",
    "a class's text with code in its first column": '''
class A:
    """Use it so:

def f():
    pass
    """

    def g(self):
        return 1

    def h(self):
        """Once more."""
        return 2
''',
    "a text over two lines": 'def f():\n    a = "x\\\ndef g(): 1"\n    return a\n\n\ndef h():\n    return "#" + \'"""\'\n',
    "text that only says def": 's = """\ndef f(:\n    nothing\n"""\n\ndef g():\n    return s\n',
}


def lean(text: str, path: str = "file.py") -> SourceFile:
    file = SourceFile(path, text.encode(), "file", "")
    file.lean = True
    return file


def shape(tree: ast.Module) -> list[str]:
    """Every statement and expression with its place, but for parameters and ends of definitions."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
            node.end_lineno = None
            node.end_col_offset = None
        if isinstance(node, ast.ClassDef):
            node.end_lineno = node.end_col_offset = None
        if isinstance(node, (ast.If, ast.Try, ast.For, ast.ExceptHandler)):
            node.end_lineno = node.end_col_offset = None
        if isinstance(node, ast.arguments):
            parameters = (*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg)
            for part in (*(p for p in parameters if p is not None), *node.defaults):
                if isinstance(part, ast.arg):
                    part.annotation = None
                if isinstance(part, (ast.arg, ast.Constant)):
                    part.lineno = part.col_offset = part.end_lineno = part.end_col_offset = 0
    for node in ast.iter_child_nodes(tree):
        found.append(ast.dump(node, include_attributes=True))
    return found


def same(text: str) -> bool:
    tree = lean(text).tree()
    assert tree is not None
    return shape(tree) == shape(parse(text))


@pytest.mark.parametrize("text", TRICKY.values(), ids=TRICKY)
def test_the_tree_is_what_the_parser_makes(text: str) -> None:
    assert same(text)


def test_trees_of_real_files() -> None:
    spec = importlib.util.find_spec("pytorchcv")
    assert spec is not None
    assert spec.submodule_search_locations
    files = sorted(Path(spec.submodule_search_locations[0]).rglob("*.py"))
    texts = [file.read_text() for file in [*files[::6], *sorted(Path(os.__file__).parent.glob("*.py"))[::6]]]
    assert len(texts) > 50
    assert [text[:60] for text in texts if not same(text)] == []


def functions(tree: Any) -> dict[str, Any]:
    return {node.name: node for node in tree.body}


def test_a_function_is_parsed_when_somebody_looks() -> None:
    file = lean("def f(a, b=1):\n    return a\n\n\ndef g():\n    return 2\n")
    found = functions(file.tree())
    assert is_unread(found["f"])
    assert is_unread(found["g"])
    assert found["f"].body[0].lineno == 2
    assert not is_unread(found["f"])
    assert is_unread(found["g"])


def test_ends_of_definitions_are_those_of_their_last_statement() -> None:
    text = "class C:\n    def f(self):\n        return (\n            1\n        )\n\n    # more\n\n\nx = 1\n"
    tree = lean(text).tree()
    assert tree is not None
    owner: Any = tree.body[0]
    assert owner.body[0].end_lineno == owner.end_lineno
    assert owner.end_lineno in (5, 7)  # a comment behind the last statement may be counted as well


def test_what_was_read_can_be_released_and_read_again() -> None:
    file = lean("def f():\n    return 1\n")
    found = functions(file.tree())["f"]
    before = ast.dump(found.body[0])
    file.release()
    assert is_unread(found)
    assert ast.dump(found.body[0]) == before


def test_a_function_that_is_no_python_is_told_when_somebody_looks() -> None:
    file = lean("def f():\n    return )\n\n\ndef g():\n    return 1\n")
    found = functions(file.tree())
    assert file.problem is None
    assert found["f"].body == []
    assert file.problem is not None
    assert (file.problem.line, "cannot be parsed" in file.problem.message) == (2, True)
    assert len(found["g"].body) == 1


PROJECT = {
    "blocks.py": """
from torch import nn


class Block(nn.Module):
    def __init__(self, channels, groups=1):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, groups=groups)
        self.second = self.make(channels, groups)

    def make(self, channels, groups):
        return nn.Conv2d(channels, channels, 3, groups=groups)

    def rebuild(self):
        self.first = nn.Conv2d(8, 8, 3)

    def late(self, x):
        return nn.Conv2d(6, 6, 3, groups=4)(x)

    def forward(self, x):
        extra = nn.Conv2d(4, 4, 1)
        return self.second(self.first(extra(x)))
""",
    "model.py": """
from blocks import Block


def build(width=64):
    blocks = [Block(width, groups=g) for g in (4, 3)]
    conv = blocks[0].first
    conv.groups = 2
    return blocks


model = build(48)
other = build()
""",
}


def test_large_projects_are_judged_like_small_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text)
    paths = [str(tmp_path / name) for name in PROJECT]

    def seen() -> tuple[list[Any], list[Any]]:
        found = analyse(paths)
        layers = [(layer.place, layer.conv, layer.name, [r.place for r in layer.trace]) for layer in found.layers]
        return sorted(layers, key=str), [(c.kind, c.place, c.values) for c in found.constructs]

    small = seen()
    monkeypatch.setattr(project, "LARGE", 0)
    assert seen() == small
    assert len(small[0]) > 5
    assert len(small[1]) > 2
