"""Thresholds of front ends refuse values that break their rule."""

from __future__ import annotations

import pytest

from dsrl_agent.config.front_end.thresholds import ChanceThresholds, ExplorationPrices
from dsrl_agent.errors import ConfigError


def test_shares_are_at_most_one() -> None:
    with pytest.raises(ConfigError, match=r"front_end\.chance\.patience"):
        ChanceThresholds(patience=1.5)


def test_prices_are_not_negative() -> None:
    with pytest.raises(ConfigError, match=r"front_end\.exploration\.bad"):
        ExplorationPrices(bad=-1.0)
