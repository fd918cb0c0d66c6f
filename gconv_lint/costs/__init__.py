"""Floor 1: what a layer graph costs, by closed formulas."""

from gconv_lint.costs.formulas import cost, training_macs

__all__ = ["cost", "training_macs"]
