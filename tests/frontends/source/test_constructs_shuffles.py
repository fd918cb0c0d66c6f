"""``shuffle_function`` and ``link``: shuffles that nothing calls."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from constructs_support import HEAD, constructs, only

from gconv_lint.frontends.source.constructs import link, scan
from gconv_lint.model.constructs import Construct

BODY = "        x = x.reshape(b, g, c // g, h, w).permute(0, 2, 1, 3, 4)\n        return x.reshape(b, c, h, w)\n"
METHOD = f"""
class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, groups=c)

    def channel_shuffle(self, x):
{BODY}
    def forward(self, x):
        return self.conv(x)
"""
FUNCTION = "def _channel_shuffle(x, g):\n" + BODY + "conv = nn.Conv2d(c, c, 3, groups=c)\n"


def linked(code: str, others: dict[str, str] | None = None, path: str = "block.py") -> Construct:
    text = HEAD + code
    files = {path: text, **(others or {})}
    found = scan(ast.parse(text), path, text.split("\n"))
    done = link(found, ((name, content.encode()) for name, content in files.items()))
    (construct,) = (construct for construct in done if construct.kind == "shuffle_function")
    return construct


def test_method_that_nothing_calls() -> None:
    construct = linked(METHOD)
    assert {key: construct.values[key] for key in ("name", "kind", "permutes", "referenced", "exported")} == {
        "name": "channel_shuffle",
        "kind": "method",
        "permutes": True,
        "referenced": False,
        "exported": False,
    }
    assert construct.values["file_builds_grouped_convs"] is True
    assert construct.place.column == 9


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(FUNCTION, "function", id="private function"),
        pytest.param(
            "class ShuffleBlock(nn.Module):\n    def forward(self, x):\n" + BODY + "dwconv(c)\n", "class", id="class"
        ),
        pytest.param(
            "def _shuffle(x):\n    return F.channel_shuffle(x, 4)\ndwconv(c)\n", "function", id="torch's own function"
        ),
    ],
)
def test_other_kinds(code: str, kind: str) -> None:
    values = linked(code).values
    assert (values["kind"], values["referenced"], values["exported"]) == (kind, False, False)


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"net.py": "from block import _channel_shuffle\n"}, id="imported"),
        pytest.param({"net.py": "y = block._channel_shuffle(x, 2)\n"}, id="called"),
        pytest.param({"net.py": "f = getattr(block, '_channel_shuffle')\n"}, id="by name"),
    ],
)
def test_referenced_in_another_file(others: dict[str, str]) -> None:
    assert linked(FUNCTION, others).values["referenced"] is True


def test_referenced_in_the_same_file() -> None:
    assert linked(METHOD.replace("self.conv(x)", "self.channel_shuffle(self.conv(x))")).values["referenced"] is True


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"net.py": "# then channel_shuffle\n"}, id="comment"),
        pytest.param({"net.py": "def channel_shuffle(x): ...\n"}, id="definition of the same name"),
        pytest.param({"net.py": "my_channel_shuffle_2(x)\n"}, id="part of a longer name"),
    ],
)
def test_not_a_reference(others: dict[str, str]) -> None:
    assert linked(METHOD, others).values["referenced"] is False


def test_one_shuffle_used_by_another() -> None:
    text = HEAD + FUNCTION + "class ShuffleUnit(nn.Module):\n    def forward(self, x):\n"
    text += "        return _channel_shuffle(x.view(a).transpose(1, 2), 2)\n"
    found = link(scan(ast.parse(text), "a.py", text.split("\n")), [("a.py", text.encode())])
    assert {c.values["name"]: c.values["referenced"] for c in found if c.kind == "shuffle_function"} == {
        "_channel_shuffle": True,
        "ShuffleUnit": False,
    }


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("__all__ = ['_channel_shuffle']\n" + FUNCTION, id="__all__"),
        pytest.param("@register\n" + FUNCTION, id="decorated: may be registered"),
        pytest.param(METHOD.replace("nn.Module", "Base"), id="a base class may call it"),
        pytest.param(FUNCTION.replace("_channel", "channel"), id="public function"),
        pytest.param(METHOD.replace("forward", "apply"), id="public method of a mixin"),
        pytest.param(FUNCTION + "def op(k):\n    return globals()[k]\n", id="globals"),
        pytest.param(METHOD + "        return getattr(self, f'channel_{kind}')(x)\n", id="getattr"),
        pytest.param(METHOD + "        return getattr(self, 'channel_' + kind)(x)\n", id="getattr of a sum"),
    ],
)
def test_exported(code: str) -> None:
    assert only(code, "shuffle_function").values["exported"] is True


def test_getattr_of_one_name_reaches_no_other() -> None:
    assert only(METHOD + "        return getattr(self, 'conv', None)\n", "shuffle_function").values["exported"] is False


@pytest.mark.parametrize("given", [True, False])
def test_a_file_beside_others(tmp_path: Path, given: bool) -> None:
    other = tmp_path / "net.py"
    other.write_text("")
    others = {str(other): ""} if given else {}
    assert linked(METHOD, others, str(tmp_path / "block.py")).values["exported"] is not given


def test_base_class_in_the_same_file() -> None:
    code = "class Base(nn.Module):\n    pass\n" + METHOD.replace("nn.Module", "Base")
    assert only(code, "shuffle_function").values["exported"] is False


@pytest.mark.parametrize("package_given", [True, False])
def test_function_of_a_package(tmp_path: Path, package_given: bool) -> None:
    layers = tmp_path / "net" / "layers"
    layers.mkdir(parents=True)
    inits = [layers / "__init__.py", layers.parent / "__init__.py"]
    for init in inits:
        init.write_text("")
    given = {str(init): "" for init in inits} if package_given else {}
    assert linked(FUNCTION, given, str(layers / "block.py")).values["exported"] is not package_given


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def pixel_shuffle(x):\n" + BODY, id="pixels"),
        pytest.param("def shuffle_data(x):\n" + BODY, id="training data"),
        pytest.param("def shuffle(items):\n    random.shuffle(items)\n    return items\n", id="no axes are permuted"),
        pytest.param("def transpose_for_scores(x):\n" + BODY, id="other name"),
    ],
)
def test_no_shuffle_function(code: str) -> None:
    assert constructs(code, "shuffle_function") == []


def test_file_that_may_have_grouped_convolutions() -> None:
    code = FUNCTION.replace("groups=c", "groups=self.groups")
    assert "file_builds_grouped_convs" not in only(code, "shuffle_function").values


def test_link_reads_nothing_without_candidates() -> None:
    assert link([], iter([("unread.py", b"")])) == []


def test_link_keeps_other_constructs() -> None:
    text = HEAD + METHOD + "        y = x.view(x.size(1), -1)\n"
    found = link(scan(ast.parse(text), "a.py", text.split("\n")), [("a.py", text.encode())])
    assert [construct.kind for construct in found] == ["shuffle_function", "view_chain", "channel_flatten"]
