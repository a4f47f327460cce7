"""Thresholds of the sight of tiles."""

from __future__ import annotations

import pytest
from setting_rules import UNIT, assert_number, assert_whole

from dsrl_agent.config.tiles import TilesThresholds


def test_thresholds_have_defaults_within_their_rules() -> None:
    assert TilesThresholds() == TilesThresholds(rounding=2.0, newcomers=256)


@pytest.mark.parametrize("name", ["dimmest", "together", "near", "noisy", "calm", "shading"])
def test_shares_are_at_most_1(name: str) -> None:
    assert_number(f"perception.tiles.{name}", [0.0, 1.0], [-0.001, 1.001], UNIT)


@pytest.mark.parametrize("name", ["lightings", "lit_pairs", "grounds", "newcomers"])
def test_counts_are_at_least_1(name: str) -> None:
    assert_whole(f"perception.tiles.{name}", 1)
