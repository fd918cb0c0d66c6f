"""The functions of this package as one object, with the rules that a test's marker chose: what the fixture gives."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gconv_lint import testing
from gconv_lint.model.findings import Finding
from gconv_lint.testing.findings import Selectors

if TYPE_CHECKING:
    from gconv_lint.frontends.fx.diagnostics import FeatureCorrelation, GradientRatio
    from gconv_lint.frontends.fx.live import Model


class GconvLint:
    """The functions of ``gconv_lint.testing``, with what calls leave out of ``select``, ``ignore`` and ``closed``."""

    assert_channels_mixed = staticmethod(testing.assert_channels_mixed)
    assert_channel_receptive_field = staticmethod(testing.assert_channel_receptive_field)
    assert_budget = staticmethod(testing.assert_budget)

    def __init__(self, select: Selectors | None = None, ignore: Selectors = (), closed: bool = True) -> None:
        self._select = select
        self._ignore = ignore
        self._closed = closed

    def check(
        self,
        model: Model,
        *inputs: Any,
        select: Selectors | None = None,
        ignore: Selectors | None = None,
        closed: bool | None = None,
    ) -> tuple[Finding, ...]:
        """What the rules find in a model; see ``gconv_lint.testing.check``."""
        __tracebackhide__ = True
        return testing.check(model, *inputs, **self._rules(select, ignore), closed=self._is_closed(closed))

    def assert_clean(
        self,
        model: Model,
        *inputs: Any,
        select: Selectors | None = None,
        ignore: Selectors | None = None,
        closed: bool | None = None,
    ) -> None:
        """Assert that the rules find nothing in a model; see ``gconv_lint.testing.assert_clean``."""
        __tracebackhide__ = True
        testing.assert_clean(model, *inputs, **self._rules(select, ignore), closed=self._is_closed(closed))

    def assert_no_findings_in(
        self, *paths: str | os.PathLike[str], select: Selectors | None = None, ignore: Selectors | None = None
    ) -> None:
        """Assert that the rules find nothing in files; see ``gconv_lint.testing.assert_no_findings_in``."""
        __tracebackhide__ = True
        testing.assert_no_findings_in(*paths, **self._rules(select, ignore))

    @property
    def feature_correlation(self) -> Callable[..., FeatureCorrelation]:
        """An opinion, for tests to read; see ``gconv_lint.testing.feature_correlation``."""
        return testing.feature_correlation

    @property
    def gradient_ratio(self) -> Callable[..., GradientRatio]:
        """An opinion, for tests to read; see ``gconv_lint.testing.gradient_ratio``."""
        return testing.gradient_ratio

    def _rules(self, select: Selectors | None, ignore: Selectors | None) -> dict[str, Any]:
        return {
            "select": self._select if select is None else select,
            "ignore": self._ignore if ignore is None else ignore,
        }

    def _is_closed(self, closed: bool | None) -> bool:
        return self._closed if closed is None else closed
