"""Thresholds of sights: some whose rule is not that of all thresholds."""

from __future__ import annotations

import pytest
from setting_rules import UNIT, assert_number, assert_whole, refusal

from dsrl_agent.config.sights import GridThresholds


def test_blurs_are_whole_numbers_of_pixels() -> None:
    assert GridThresholds(blurs=()).blurs == ()
    assert refusal("perception.grid.blurs", (3, 0)) == (
        "perception.grid.blurs is 0, but it must be at least 1."
    )
    assert refusal("perception.grid.blurs", (3.5,)) == (
        "perception.grid.blurs is 3.5, but it must be a whole number."
    )


@pytest.mark.parametrize("name", ["extent.quiet", "egomotion.clear", "camera.moved"])
def test_shares_are_at_most_1(name: str) -> None:
    assert_number(f"perception.{name}", [0.0, 1.0], [-0.001, 1.001], UNIT)


def test_factors_are_greater_than_0() -> None:
    over_0 = "greater than 0 and finite."
    assert_number("perception.grid.noise_sigmas", [1e-9, 99.0], [0.0, -1.0], over_0)


def test_counts_are_at_least_1() -> None:
    assert_whole("perception.camera.reach", 1)
