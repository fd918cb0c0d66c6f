"""Floor 1: what a layer graph costs, by closed formulas."""

from gconv_lint.costs.budgets import exceeded
from gconv_lint.costs.formulas import at_one_position, cost, training_macs
from gconv_lint.costs.roofline import RIDGE_POINT, time_shares
from gconv_lint.costs.rows import Owner, table

__all__ = ["RIDGE_POINT", "Owner", "at_one_position", "cost", "exceeded", "table", "time_shares", "training_macs"]
