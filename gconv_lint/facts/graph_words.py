"""The words about what layer graphs show: kinds of construct that the channel algebra gives, with their values."""

from __future__ import annotations

#: kind -> word -> (type, meaning).
GRAPH_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "chain": {
        "groups": ("int", "groups of the first convolution"),
        "first": ("str", "name of the first convolution"),
        "second": ("str", "name of the second convolution"),
        "last": ("str", "name of the last convolution"),
        "components": ("int", "number of sets of groups that stay apart"),
        "sources_seen": ("int", "the fewest groups of the first convolution that an output depends on"),
        "seen": ("str", "how many groups of the first convolution an output depends on, as a message gives it"),
        "joined_by": ("str", "the layer that finally mixes, or the output, as a message gives it"),
        "length": ("int", "number of grouped convolutions passed"),
        "branches": (
            "bool",
            "whether all are spatial, have the same groups and stand between two dense pointwise convolutions",
        ),
        "misaligned": ("bool", "whether a shuffle between them joins some groups, but fewer than another one would"),
        "remedy": ("str", "what would join the groups"),
        "shuffle_joins": ("bool", "whether a channel shuffle can join all groups in so few layers"),
        "fewer": (
            "int",
            "where none can: the most groups of the second convolution that join all behind one, 0 if not known",
        ),
        "shuffled": ("bool", "whether that shuffle is there already"),
        "model": ("str", "the class that runs them"),
        "path": ("str", "the file of that class"),
    },
    "connection": {
        "model": ("str", "the model that is run as it is"),
        "components": ("int", "number of sets of channels that stay apart between one input and one output"),
        "depthwise_only": ("bool", "whether every grouped convolution on the way is depthwise"),
        "convs": ("int", "number of trainable grouped convolutions on the way"),
        "channels": ("int", "number of channels of the input"),
    },
    "edge": {
        "producer": ("str", "the layer whose output the convolution reads"),
        "produced": ("int", "number of channels of that output"),
        "in_channels": ("int", "channels that the convolution expects"),
        "groups": ("int", "groups of the convolution"),
        "name": ("str", "the convolution"),
    },
    "shuffle_pair": {
        "first": ("int", "groups of the first shuffle"),
        "second": ("int", "groups of the second shuffle, which reads the first through per-channel layers only"),
        "channels": ("int", "number of channels shuffled"),
    },
    "identity_shuffle": {
        "channels": ("int", "number of channels shuffled"),
        "groups": ("int", "groups of the shuffle"),
    },
    "conv_use": {
        "name": ("str", "the convolution"),
        "model": ("str", "the model that holds it"),
        "in_channels": ("int", "channels that it reads"),
        "out_channels": ("int", "channels that it makes"),
        "groups": ("int", "its groups"),
        "depthwise": ("bool", "whether it is depthwise"),
        "pointwise": ("bool", "whether every kernel size is 1"),
        "unit_stride": ("bool", "whether every stride is 1"),
        "bias": ("bool", "whether it adds a bias"),
        "closed": ("bool", "whether the model is run as it is"),
        "source": ("str", "kind of the layer behind per-channel ones that it reads, `input` for the model's input"),
        "consumers": ("int", "number of layers that read its output"),
        "consumer": ("str", "kind of the first of them: conv, batch_norm, instance_norm, add, output or another"),
        "leads_to": (
            "str",
            "kind of the first layer behind per-channel ones: conv, linear, global_pool, output or another;"
            " several where they differ",
        ),
        "last": ("bool", "whether no other convolution or linear layer comes after it"),
        "role": ("str", "its part of the model by name: backbone, neck, head, down, up, skip"),
        "position": ("float", "its place among the model's resolutions, from 0 (first) to 1 (last)"),
        "previous_groups": ("int", "groups of the grouped convolution before it in the same role"),
        "dense_ahead": ("bool", "whether a dense layer, or another one that mixes channels, follows on some way"),
        "dense_distance": ("int", "number of convolutions from it to the nearest such layer, that one included"),
        "parallel_dense": ("bool", "whether its output is joined with that of a dense layer beside it"),
        "intensity": ("float", "FLOPs for each byte of its input, weight and output"),
        "time_share": ("float", "its part of the estimated time of all layers that multiply, from 0 to 1"),
        "kernel": ("int", "the largest of its kernel sizes"),
        "reduction": ("int", "how many times lower its resolution is than that of the model's input"),
        "expanded": ("bool", "whether a dense pointwise convolution right before it widens the channels"),
    },
    "shuffled_pair": {
        "first": ("str", "name of the first of two grouped convolutions with a permutation between them"),
        "second": ("str", "name of the second"),
        "groups": ("int", "groups of the first"),
        "second_groups": ("int", "groups of the second"),
        "sources_seen": ("int", "the fewest groups of the first that a group of the second sees"),
        "reachable": ("int", "how many it would see behind the best permutation"),
        "components": ("int", "number of sets of groups that stay apart"),
    },
    "grouped_row": {
        "first": ("str", "name of the first of several grouped convolutions with shuffles between them"),
        "last": ("str", "name of the last"),
        "groups": ("int", "their groups"),
        "width": ("int", "the smallest of their group widths"),
        "length": ("int", "how many they are"),
        "reach": ("int", "the most groups that an output of the last can see"),
        "needed": ("int", "how many of the smallest width it takes until an output can see all groups"),
    },
    "folded_shuffle": {
        "channels": ("int", "number of channels that a shuffle permutes"),
        "reader": ("str", "the first of the dense layers that alone read it"),
        "readers": ("int", "how many they are"),
    },
    "unmixed_output": {
        "name": ("str", "the last grouped convolution on the way to an output"),
        "model": ("str", "the model that is run as it is"),
        "groups": ("int", "its groups"),
        "depthwise": ("bool", "whether it is depthwise"),
        "components": ("int", "number of sets of its groups that stay apart until the output"),
    },
    "branch_groups": {
        "name": ("str", "the grouped convolution that reads a concatenation"),
        "branches": ("int", "number of tensors that are put behind one another"),
        "groups": ("int", "groups of the convolution"),
        "apart": ("bool", "whether each group reads a single one of the tensors"),
    },
    "dropped_channels": {
        "name": ("str", "the convolution"),
        "out_channels": ("int", "channels that it makes"),
        "dropped": ("int", "how many of them no output depends on"),
    },
    "manual_split": {
        "first": ("str", "name of the first of several convolutions over equal parts of a tensor"),
        "last": ("str", "name of the last"),
        "parts": ("int", "number of parts"),
        "in_channels": ("int", "channels of all parts"),
        "out_channels": ("int", "channels that all of them make"),
    },
    "attention_conv": {
        "name": ("str", "the convolution that makes queries, keys or values"),
        "groups": ("int", "its groups"),
        "depthwise": ("bool", "whether it is depthwise"),
        "heads": ("int", "heads of the attention"),
    },
}
# What is said of a chain is said of one that only gates and norms join, too.
GRAPH_WORDS["gate_chain"] = GRAPH_WORDS["chain"]

#: Kinds that any block with a grouped convolution can give, and not only those where several meet.
OF_ANY_BLOCK = frozenset(
    ("conv_use", "folded_shuffle", "unmixed_output", "branch_groups", "dropped_channels", "manual_split")
)
