"""Which definitions may lead to a layer, told by names."""

from __future__ import annotations

from textwrap import dedent

import pytest

from gconv_lint.frontends.source.evaluator import Evaluator
from gconv_lint.frontends.source.project import Project
from gconv_lint.frontends.source.values import Function


def evaluator(text: str) -> tuple[Evaluator, dict[str, bool]]:
    """An evaluator that has loaded one module, and for each of its definitions whether it may lead to a layer."""
    project = Project()
    ev = Evaluator(project)
    module = ev.names.module(project.add("module.py", dedent(text).encode()))
    assert module is not None
    tree = module.file.tree()
    assert tree is not None
    return ev, {getattr(s, "name", str(s.lineno)): ev.relevance.leads(s, module) for s in tree.body}


@pytest.mark.parametrize(
    "body",
    [
        "return nn.Conv2d(1, 2, 3)",
        "return F.conv_transpose1d(x, w)",
        "return [make(i) for i in range(3)]",
        "return partial(make, 3)()",
        "return block(3, 4)",
        "return BLOCKS['a'](3)",
        "return getattr(nn, 'Conv2d')(1, 2, 3)",
        "layer = block\n    return layer(3)",
        "return Net(3)",
        "def inner():\n        return make(1)\n    return inner()",
        "return list(map(make, [1, 2]))",
        "exec('make(1)')",
        "return alias(8)",
        "return helper.make(8)",
    ],
)
def test_what_may_lead_to_a_layer(body: str) -> None:
    text = "alias = make\ndef make(i):\n    return nn.Conv2d(i, i, 1)\nclass Net(nn.Module):\n    def __init__(self, i):\n        self.c = make(i)\n"
    assert evaluator(f"{text}def f(x, block):\n    {body}\n")[1]["f"]


@pytest.mark.parametrize(
    "body",
    [
        "return x + 1",
        '"""Calls nn.Conv2d(1, 2, 3)."""\n    return "nn.Conv2d(1, 2, 3)"  # nn.Conv2d(1, 2, 3)',
        "return isinstance(x, nn.Conv2d)",
        "return max(len(x), int(x.size(1)))",
        "log(x)\n    return idle(x)",
        "return Plain(x).value",
        "return hook_fn(x)",
        "return x.view(1).permute(2).numpy().tolist()",
        "self.register_buffer('x', x)",
    ],
)
def test_what_leads_to_none(body: str) -> None:
    text = (
        "import logging\nlog = logging.getLogger()\ndef idle(x):\n    return idle(x - 1)\n"
        "class Plain:\n    def __init__(self, x):\n        self.value = idle(x)\n"
    )
    assert not evaluator(f"{text}def f(self, x, hook_fn=None):\n    {body}\n")[1]["f"]


def test_classes_lead_by_their_bases_constructors_and_forward() -> None:
    _, found = evaluator("""
        class A(nn.Conv2d):
            pass
        class B(A):
            pass
        class C(nn.Module):
            def forward(self, x):
                return F.conv2d(x, self.w)
        class D(nn.Module):
            def __init__(self, width):
                self.linear = nn.Linear(width, width)
            def forward(self, x):
                return self.linear(x)
        class E(nn.Module):
            layer = nn.Conv2d
        class G(D):
            def unused(self):
                return nn.Conv2d(1, 2, 3)
    """)
    assert found == {"A": True, "B": True, "C": True, "D": False, "E": True, "G": False}


def test_circles_of_idle_definitions_end() -> None:
    _, found = evaluator(
        "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)\ndef h(x):\n    return f(x) + make(x)\ndef make(x):\n    return nn.Conv1d(x, x, 1)\n"
    )
    assert found == {"f": False, "g": False, "h": True, "make": True}


def test_what_an_idle_function_may_store() -> None:
    ev, _ = evaluator("""
        def f(x):
            x.a = 1
            x.b[0] = 2
            x.c.append(3)
            x.d, x.e = 4, 5
            x.f += 6
            assert x.g == 7
            x.h(i=8)
            g(x)
        def g(x):
            x.i: int = 9
    """)
    (module,) = ev.names.modules.values()
    function = ev.names.module_attribute(module, "f")
    assert isinstance(function, Function)
    assert ev.relevance.idle(function)
    assert {"a", "b", "c", "d", "e", "f"} <= set(ev.relevance.stored(function))
    assert not {"g", "h"} & set(ev.relevance.stored(function))
    assert ev.relevance.length(function) == 11
