"""Inputs of every kind, mangled as text and in their structure: an answer or one sentence, never a traceback.

``FUZZ_EXAMPLES=5000 pytest tests/fuzz``, as ``make fuzz`` does, looks at more of them.
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gconv_lint.rulebook.schema import mistakes
from tests.fuzz.mangling import mangled
from tests.fuzz.seeds import BASELINE, SEEDS
from tests.fuzz.targets import TARGETS

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
fuzz = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["GC002", "ALL", "groups"]),
)
VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
)
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "==", "<", "and", "or", "in", "is", "@", "<<"]
#: Conditions of rules: what the grammar allows, in odd sizes.
CONDITIONS = st.recursive(
    st.sampled_from(
        [
            "groups",
            "in_channels",
            "group_width",
            "kernel_size",
            "0",
            "1",
            "2**99",
            "1e308",
            "'x'",
            "None",
            "True",
            "unknown",
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(OPERATORS), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"-{one}"),
        st.tuples(st.sampled_from(["min", "max", "abs", "gcd", "eval", "open"]), inner, inner).map(
            lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        inner.map(lambda one: f"{one}.__class__"),
        inner.map(lambda one: f"(lambda: {one})()"),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", TARGETS)
@fuzz
@given(random=st.randoms(use_true_random=False), data=st.data())
def test_mangled_text(kind: str, random: Random, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    seed = data.draw(st.sampled_from(SEEDS[kind]))
    trace = tmp_path_factory.getbasetemp() / "trace"
    TARGETS[kind](mangled(seed, random, random.choice(SEEDS[kind]), str(trace)))
    assert not trace.exists()


@pytest.mark.parametrize("kind", TARGETS)
@fuzz
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode(errors="replace"))))
def test_any_bytes(kind: str, data: bytes) -> None:
    TARGETS[kind](data)


def _spots(tree: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value in a document."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [way, *(spot for key, value in inside for spot in _spots(value, (*way, key)))]


def _changed(tree: Any, way: tuple[Any, ...], value: Any, how: str) -> Any:
    """The document with another value there, without it, or with a key that is called otherwise."""
    if not way:
        return value
    tree = copy.deepcopy(tree)
    parent = tree
    for key in way[:-1]:
        parent = parent[key]
    if how == "drop":
        del parent[way[-1]]
    elif how == "rename" and isinstance(parent, dict):
        parent[str(way[-1])[:-1]] = parent.pop(way[-1])
    else:
        parent[way[-1]] = value
    return tree


@st.composite
def documents(draw: st.DrawFn, seeds: list[Any]) -> Any:
    """Well-formed documents of which one to three values are wrong."""
    tree = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(_spots(tree)))
        tree = _changed(
            tree, way, draw(st.one_of(VALUES, CONDITIONS)), draw(st.sampled_from(["set", "drop", "rename"]))
        )
    return tree


RULES = [yaml.safe_load(text) for text in SEEDS["rule"][:12]]


@fuzz
@given(documents(RULES))
def test_rules_with_wrong_values(document: Any) -> None:
    TARGETS["rule"](yaml.safe_dump(document).encode())


@fuzz
@given(st.sampled_from(RULES), CONDITIONS, st.text("{}groups:!r.>09,[] ", max_size=12))
def test_rules_with_any_condition_and_message(document: Any, when: str, message: str) -> None:
    TARGETS["rule"](yaml.safe_dump({**document, "when": when, "message": message}).encode())


@fuzz
@given(documents([BASELINE]))
def test_baselines_with_wrong_values(document: Any) -> None:
    TARGETS["baseline"](json.dumps(document).encode())


@fuzz
@given(documents([json.loads(SEEDS["notebook"][0])]))
def test_notebooks_with_wrong_values(document: Any) -> None:
    TARGETS["notebook"](json.dumps(document).encode())


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object/apply:os.system ['touch trace']",
        "!!python/name:os.system",
        "code: !!python/object/new:subprocess.Popen [['touch', 'trace']]",
        "a: &a [*a, *a]",
        "&a [*a]",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]",
        "? [a, b]\n: c",
        "? {a: b}\n: c",
        "<<: 3",
        "2020-13-45: x",
        "!!bool maybe: 3",
        "!!int '': 3",
        "!!timestamp x",
        "!!binary é",
        "!!omap [x, y]",
        "!!set {x, y}",
        "- " * 600,
        "{" * 600,
        "code: 0b" + "1" * 9000,
        "code: 1:" + "1:" * 4000,
    ],
)
def test_yaml_that_means_harm(text: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    TARGETS["rule"](text.encode())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("where", ["../outside.py", "{tmp}/outside.py", "a/../../outside.py", "a//outside.py", ""])
def test_examples_of_rules_write_nowhere_else(where: str, tmp_path: Path) -> None:
    good = [{"name": "elsewhere", "files": {where.format(tmp=tmp_path): "x = 1\n"}}]
    document = {**RULES[0], "examples": {**RULES[0]["examples"], "good": good}}
    TARGETS["rule"](yaml.safe_dump(document).encode())
    assert "allowed are names of files and folders joined by /" in mistakes(document, "rule.yaml")[0]
    assert list(tmp_path.iterdir()) == []
