"""``conv_assignment`` and ``groups_assignment``: layers that change after construction."""

from __future__ import annotations

from textwrap import indent

import pytest
from constructs_support import constructs, only

TUNABLE = """
class Tunable(nn.Module):
    def __init__(self, in_c, out_c):
        super().__init__()
        self.conv = nn.Conv2d(in_c, out_c, 3, padding=1, groups=1)

    def forward(self, x):
        return self.conv(x)

"""


def rebuilt(body: str, name: str = "update_groups") -> dict[str, object]:
    method = f"    def {name}(self, groups):\n" + indent(body, " " * 8)
    return dict(only(TUNABLE + method, "conv_assignment").values)


REBUILD = "self.conv = nn.Conv2d(8, 8, 3, groups=groups)\n"
MISTAKE = {
    "class_name": "Tunable",
    "attribute": "conv",
    "method": "update_groups",
    "reachable_from_init": False,
    "set_in_init": True,
    "copies_weights": False,
    "tests_none": False,
    "deploys": False,
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(REBUILD, id="plain"),
        pytest.param("if groups > 1:\n    " + REBUILD, id="in a branch"),
        pytest.param(
            "self.conv = nn.Conv2d(self.conv.in_channels, 8, 3, groups=groups).to(self.conv.weight.device)\n",
            id="asking for the device of the weight keeps no value",
        ),
        pytest.param("self.conv: nn.Module = nn.Conv2d(8, 8, 3)\n", id="annotated"),
        pytest.param("if groups is None:\n    groups = 2\n" + REBUILD, id="a default for an argument is no lazy layer"),
    ],
)
def test_conv_rebuilt(body: str) -> None:
    assert rebuilt(body) == MISTAKE


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        pytest.param("old = self.conv.weight\n" + REBUILD, "copies_weights", id="keeps the weight"),
        pytest.param("(old := self.conv)\n" + REBUILD, "copies_weights", id="keeps the layer"),
        pytest.param("old = self._modules['conv']\n" + REBUILD, "copies_weights", id="keeps the layer by its name"),
        pytest.param("old = deepcopy(self.conv)\n" + REBUILD, "copies_weights", id="keeps a copy"),
        pytest.param(REBUILD + "transfer(self)\n", "copies_weights", id="gives the object away"),
        pytest.param(REBUILD + "self.conv.load_state_dict(s)\n", "copies_weights", id="loads a state"),
        pytest.param(REBUILD + "self.conv.bias.copy_(b)\n", "copies_weights", id="copies in place"),
        pytest.param("if self.conv is None:\n    " + REBUILD, "tests_none", id="lazy: is None"),
        pytest.param("if not self.conv:\n    " + REBUILD, "tests_none", id="lazy: not"),
        pytest.param("if not hasattr(self, 'conv'):\n    " + REBUILD, "tests_none", id="lazy: hasattr"),
        pytest.param(
            "if getattr(self, 'conv', None) is None:\n    " + REBUILD, "tests_none", id="lazy: getattr with a default"
        ),
    ],
)
def test_conv_rebuilt_for_a_reason(body: str, fact: str) -> None:
    assert rebuilt(body)[fact] is True


@pytest.mark.parametrize("name", ["switch_to_deploy", "fuse_convs", "reparameterize", "merge_branches"])
def test_deployment_replaces_layers_on_purpose(name: str) -> None:
    assert rebuilt(REBUILD, name)["deploys"] is True


def test_helper_of_the_constructor() -> None:
    code = """
    class Net(nn.Module):
        def __init__(self):
            self.conv = nn.Conv2d(3, 8, 3)
            self._build()

        def _build(self):
            self._layers()

        def _layers(self):
            self.conv = nn.Conv2d(3, 8, 3)
    """
    assert only(code, "conv_assignment").values["reachable_from_init"] is True


@pytest.mark.parametrize(
    ("init", "expected"),
    [
        pytest.param("self.conv = None", False, id="made later: None in the constructor"),
        pytest.param("pass", False, id="made later: not in the constructor"),
    ],
)
def test_layer_that_the_constructor_does_not_make(init: str, expected: bool) -> None:
    code = f"""
    class Net(nn.Module):
        def __init__(self):
            {init}

        def build(self):
            self.conv = nn.Conv2d(3, 8, 3)
    """
    assert only(code, "conv_assignment").values["set_in_init"] is expected


@pytest.mark.parametrize(
    "init",
    [
        pytest.param("self.conv = nn.Identity()", id="an identity"),
        pytest.param("self.conv = False", id="a flag"),
        pytest.param("self.conv = nn.Conv2d(3, 8, 3) if eager else nn.Identity()", id="perhaps"),
    ],
)
def test_what_the_constructor_makes_may_be_no_convolution(init: str) -> None:
    code = TUNABLE.replace("self.conv = nn.Conv2d(in_c, out_c, 3, padding=1, groups=1)", init)
    code += "    def update(self):\n        self.conv = nn.Conv2d(3, 8, 3)\n"
    assert "set_in_init" not in only(code, "conv_assignment").values


UPDATE = "    def update(self):\n        self.conv = nn.Conv2d(3, 8, 3)\n"


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(TUNABLE.replace("super()", "getattr(self, name)()\n        super()") + UPDATE, id="getattr"),
        pytest.param(TUNABLE.replace("super()", "configure(self)\n        super()") + UPDATE, id="given away"),
        pytest.param(
            TUNABLE + UPDATE + "\nclass A(Tunable):\n    def __init__(self):\n        self.update()\n", id="subclass"
        ),
        pytest.param(TUNABLE + UPDATE + "\ndef f():\n    n = Tunable(3, 8)\n    n.update()\n", id="at once"),
        pytest.param(TUNABLE + UPDATE.replace("update", "reset_parameters"), id="reset"),
        pytest.param(TUNABLE + "    @hook\n" + UPDATE, id="decorated"),
        pytest.param("@register" + TUNABLE + UPDATE, id="decorated class"),
    ],
)
def test_may_be_called_before_training(code: str) -> None:
    assert "reachable_from_init" not in only(code, "conv_assignment").values


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(
            TUNABLE + UPDATE + "\ndef f():\n    n = Tunable(3, 8)\n    train(n)\n    n.update()\n", id="later"
        ),
        pytest.param(TUNABLE.replace("super()", "super(Tunable, self)") + UPDATE, id="super of old"),
    ],
)
def test_is_called_after_construction(code: str) -> None:
    assert only(code, "conv_assignment").values["reachable_from_init"] is False


def test_unknown_base_class_leaves_the_question_open() -> None:
    code = """
    class Head(BaseHead):
        def _init_layers(self):
            self.conv = nn.Conv2d(3, 8, 3)
    """
    values = only(code, "conv_assignment").values
    assert "reachable_from_init" not in values
    assert "set_in_init" not in values


def test_base_class_in_the_same_file_is_read() -> None:
    code = """
    class Base(nn.Module):
        def __init__(self):
            self.conv = nn.Conv2d(3, 8, 3)
            self._init_layers()

    class Head(Base):
        def _init_layers(self):
            self.conv = nn.Conv2d(3, 8, 3)
    """
    values = only(code, "conv_assignment").values
    assert (values["reachable_from_init"], values["set_in_init"]) == (True, True)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(TUNABLE, id="the constructor itself"),
        pytest.param("def f(model):\n    model.fc = nn.Conv2d(3, 8, 3)\n", id="a model from outside"),
        pytest.param(TUNABLE + "    def g(self):\n        self.act = nn.ReLU()\n", id="not a convolution"),
        pytest.param(
            TUNABLE + "    def g(self):\n        conv = nn.Conv2d(3, 8, 3)\n        return conv\n", id="local"
        ),
        pytest.param(TUNABLE + "    def g(self, m):\n        m.conv = nn.Conv2d(3, 8, 3)\n", id="on another object"),
    ],
)
def test_no_conv_assignment(code: str) -> None:
    assert constructs(code, "conv_assignment") == []


LOOP = "def f(model):\n    for m in model.modules():\n        if isinstance(m, nn.Conv2d):\n            m.groups = 4\n"


def test_groups_changed() -> None:
    assert only(LOOP, "groups_assignment").values == {
        "target": "m.groups",
        "on_self": False,
        "is_conv": True,
        "restores": False,
        "touches_weights": False,
    }


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(LOOP.replace("isinstance(m, nn.Conv2d)", "m.ready"), id="no test, no name"),
        pytest.param(LOOP.replace("nn.Conv2d", "nn.ChannelShuffle"), id="a shuffle"),
        pytest.param(LOOP.replace("nn.Conv2d", "nn.LazyConv2d"), id="no weight yet"),
        pytest.param("conv = Op()\nconv.groups = 4\n", id="another class"),
        pytest.param("def f(layer):\n    layer.groups = 4\n", id="any layer"),
        pytest.param("class A:\n    def f(self):\n        self.conv = Op()\n        self.conv.groups = 4\n", id="own"),
    ],
)
def test_groups_of_something_that_may_be_no_convolution(code: str) -> None:
    assert only(code, "groups_assignment").values.get("is_conv") is not True


@pytest.mark.parametrize("code", ["conv.groups = conv.groups\n", "g = conv.groups\nconv.groups = 1\nconv.groups = g\n"])
def test_groups_written_back(code: str) -> None:
    assert {c.values["restores"] for c in constructs(code, "groups_assignment")} == {True}


def test_groups_changed_in_place() -> None:
    construct = only("def f(model):\n    model.conv1.groups *= 2\n", "groups_assignment")
    assert construct.values["target"] == "model.conv1.groups"


def test_groups_of_a_layer_of_self() -> None:
    construct = only("class A(nn.Module):\n    def f(self):\n        self.conv.groups = 4\n", "groups_assignment")
    assert construct.values["on_self"] is False


def test_groups_changed_in_a_script() -> None:
    construct = only("conv = nn.Conv2d(8, 8, 3)\nconv.groups = 4\n", "groups_assignment")
    assert construct.values["touches_weights"] is False


@pytest.mark.parametrize(
    ("code", "fact"),
    [
        pytest.param("def prune(m):\n    m.groups = 4\n    m.weight = f(m.weight)\n", "touches_weights", id="pruning"),
        pytest.param(
            "def convert(a, conv):\n    conv.groups = a.groups\n    conv.load_state_dict(a.state_dict())\n",
            "touches_weights",
            id="conversion that loads the state",
        ),
        pytest.param("conv.groups = 4\nsetattr(conv, 'weight', w)\n", "touches_weights", id="by name"),
        pytest.param("conv.groups = 4\nnarrow(conv)\n", "touches_weights", id="a helper gets the layer"),
        pytest.param("conv.groups = 4\nconv.__init__(8, 8, 1, groups=4)\n", "touches_weights", id="made anew"),
        pytest.param("class A:\n    def __init__(self):\n        self.groups = 4\n", "on_self", id="own attribute"),
    ],
)
def test_groups_changed_for_a_reason(code: str, fact: str) -> None:
    assert only(code, "groups_assignment").values[fact] is True


@pytest.mark.parametrize("receiver", ["cfg", "self.config", "model_args", "args", "ctx", "opt"])
def test_settings_and_autograd_contexts_have_no_weights(receiver: str) -> None:
    assert constructs(f"def f(self, {receiver.split('.')[0]}):\n    {receiver}.groups = 4\n", "groups_assignment") == []
