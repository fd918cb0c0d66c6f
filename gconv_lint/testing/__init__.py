"""Assertions about grouped convolutions for tests, as plain functions; torch is imported by those that run a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gconv_lint.testing.budgets import assert_budget
from gconv_lint.testing.findings import assert_clean, assert_no_findings_in, check
from gconv_lint.testing.mixing import assert_channel_receptive_field, assert_channels_mixed

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.diagnostics import feature_correlation, gradient_ratio

__all__ = [
    "assert_budget",
    "assert_channel_receptive_field",
    "assert_channels_mixed",
    "assert_clean",
    "assert_no_findings_in",
    "check",
    "feature_correlation",
    "gradient_ratio",
]


def __getattr__(name: str) -> Any:
    """The diagnostics, which need torch from the start."""
    if name in ("feature_correlation", "gradient_ratio"):
        from gconv_lint.frontends.fx import diagnostics

        return getattr(diagnostics, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
