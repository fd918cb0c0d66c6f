"""The facts of constructs: the values that the analysis gives them, declared with their meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gconv_lint.facts.graph_words import GRAPH_WORDS
from gconv_lint.facts.kleene import UNKNOWN
from gconv_lint.facts.registry import declare, fact
from gconv_lint.model.constructs import Construct
from gconv_lint.model.layers import Layer

#: kind -> word -> (type, meaning), of what syntax shows.
_OF_SYNTAX: dict[str, dict[str, tuple[str, str]]] = {
    "suppression": {
        "comment": ("str", "the part of the comment that silences"),
        "unused": ("str", "the rules in it that find nothing there; empty where that cannot be said"),
        "fault": ("str", "what is wrong with how it is written"),
    },
    "group_division": {
        "class_name": ("str", "the class that makes the parameter"),
        "parameter": ("str", "the attribute that holds the parameter"),
        "dividend": ("str", "source text of what is divided"),
        "divisor": ("str", "source text of what it is divided by"),
        "checked": ("bool", "whether the class, or what makes its objects, tests the remainder by the divisor"),
        "free": ("bool", "whether the divisor is a parameter, and the dividend is not made from it"),
        "used_as_groups": ("bool", "whether the divisor is passed to a functional convolution as groups"),
        "conv_superclass": ("bool", "whether the class inherits from a convolution, which checks"),
    },
    "view_chain": {
        "function": ("str", "the function that reshapes"),
        "split_rank": ("int", "number of dimensions of the first view"),
        "merged_rank": ("int", "number of dimensions of the last view"),
        "swaps_group_axes": ("bool", "whether dimensions 1 and 2, and no other, are swapped between the views"),
        "swaps": ("bool", "whether any dimensions are swapped between the views"),
        "contiguous": ("bool", "whether the tensor is made contiguous before the last view"),
    },
    "channel_flatten": {
        "receiver": ("str", "source text of the flattened tensor"),
        "batched": ("bool", "whether its first axis is a batch of any size, as far as the function shows"),
    },
    "conv_assignment": {
        "class_name": ("str", "the class whose attribute is set"),
        "attribute": ("str", "the attribute that is set"),
        "method": ("str", "the method that sets it"),
        "reachable_from_init": ("bool", "whether __init__ calls the method; unknown where others may, early"),
        "set_in_init": ("bool", "whether __init__ makes a convolution there, too"),
        "copies_weights": ("bool", "whether the method reads or writes weights, or keeps the old layer"),
        "tests_none": ("bool", "whether the method tests for None"),
        "deploys": ("bool", "whether the method fuses or re-parameterises for deployment"),
    },
    "groups_assignment": {
        "target": ("str", "source text of the object whose groups are set"),
        "on_self": ("bool", "whether that object is self"),
        "is_conv": ("bool", "whether that object is a convolution by its class or its name"),
        "restores": ("bool", "whether the function writes back the groups that it has read"),
        "touches_weights": ("bool", "whether the function sets weights as well, or gives the layer to one that may"),
    },
    "groups_parameter": {
        "class_name": ("str", "the class whose __init__ has the parameter"),
        "parameter": ("str", "the parameter"),
        "read": ("bool", "whether __init__ reads the parameter, be it to pass it on; decorators may"),
        "builds_convs": ("bool", "whether __init__ builds convolutions"),
        "uses_locals": ("bool", "whether __init__ passes its parameters on by locals() or the like"),
        "abstract": ("bool", "whether the class leaves its work to subclasses"),
        "for_interface": ("bool", "whether the signature takes what it does not need: None, or an unread **kwargs"),
    },
    "init_call": {
        "function": ("str", "the initialiser that is called"),
        "mode": ("str", "its mode argument"),
        "over_convs": ("bool", "whether it is applied to convolutions"),
        "fixes_groups": ("bool", "whether the function accounts for groups"),
        "over_grouped_convs": (
            "bool",
            "whether its class, or what that names in the same file, builds grouped convolutions; else its file",
        ),
    },
    "separable_class": {
        "class_name": ("str", "the class"),
        "depthwise_convs": ("int", "number of depthwise convolutions that it builds"),
        "dense_layers": ("int", "number of dense convolutions and linear layers that it builds"),
        "unknown_calls": ("int", "number of calls and subscripts in forward that may mix channels"),
        "is_subclass": ("bool", "whether it inherits from a module that may mix channels"),
        "spatial": ("bool", "whether it separates, or may separate, the two spatial dimensions instead"),
        "part": ("bool", "whether its name says that it is the depthwise part only"),
    },
    "conv_module_class": {
        "class_name": ("str", "the class"),
        "reimplements_conv": ("bool", "whether it makes the weight of a convolution and applies F.conv to it"),
    },
    "shuffle_function": {
        "name": ("str", "the function, method or class"),
        "kind": ("str", "function, method or class"),
        "permutes": ("bool", "whether its body permutes dimensions"),
        "referenced": ("bool", "whether the linted project mentions it anywhere else"),
        "exported": (
            "bool",
            "whether code outside the linted files may reach it, or the file looks things up by computed names",
        ),
        "file_builds_grouped_convs": ("bool", "whether its file builds grouped or depthwise convolutions"),
    },
    "transposed_call": {
        "function": ("str", "the transposed convolution that is called"),
        "functional": ("bool", "whether it is called as a function"),
        "groups_slot_text": ("str", "source text of the argument that lands in groups"),
        "dilation_slot_text": ("str", "source text of the argument that lands in dilation"),
        "swapped": ("bool", "whether the names of arguments contradict the slots they land in"),
        "both_one": ("bool", "whether both arguments are 1, so that the order has no effect"),
    },
    "measured_conv": {
        "name": ("str", "the convolution, as a run on a GPU timed it"),
        "device": ("str", "the GPU"),
        "dtype": ("str", "fp32, tf32, fp16 or bf16"),
        "layout": ("str", "nchw or nhwc"),
        "groups": ("int", "its groups"),
        "measured_us": ("float", "microseconds that it takes"),
        "dense_us": ("float", "microseconds with one group"),
        "slowdown": ("float", "its time in parts of that with one group"),
        "dense_faster": ("bool", "whether one group is faster by more than the times scatter"),
    },
    "data_dependent_groups": {"text": ("str", "source text of the groups argument")},
}


#: The same of all constructs.
DECLARED = {**_OF_SYNTAX, **GRAPH_WORDS}


def _reader(word: str) -> Callable[[Construct], Any]:
    return lambda construct: construct.values.get(word, UNKNOWN)


for _kind, _words in DECLARED.items():
    declare("subject", _kind, "str", "the kind of the subject", lambda construct: construct.kind)
    for _word, (_type, _doc) in _words.items():
        declare(_word, _kind, _type, _doc, _reader(_word))


@fact("view_chain", type="bool")
def named_shuffle(construct: Construct) -> Any:
    """whether the function is called a shuffle"""
    name = construct.values.get("function", UNKNOWN)
    return UNKNOWN if name is UNKNOWN else "shuffle" in str(name).lower()


@fact("shuffle", "identity_shuffle", "view_chain", "shuffle_pair", type="str")
def effect(subject: Layer | Construct) -> Any:
    """what a shuffle that moves no channel does, as a message gives it"""
    return "undoes the one before it" if subject.kind == "shuffle_pair" else "leaves every channel where it is"
