"""Thresholds of the sight of things."""

from __future__ import annotations

import pytest
from setting_rules import UNIT, assert_number, assert_whole, build, refusal

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.things import ThingsThresholds


def test_perception_has_the_groups_of_things() -> None:
    assert PerceptionConfig().things == ThingsThresholds()


@pytest.mark.parametrize(
    "name",
    [
        "background.core",
        "background.haze",
        "standing.occupied",
        "standing.reach",
        "coverage.alike",
        "coverage.edge",
        "sprites.final",
        "sprites.noisy",
        "sprites.better_by_colour",
        "scenes.common",
        "scenes.unknown",
    ],
)
def test_shares_are_at_most_1(name: str) -> None:
    assert_number(f"perception.things.{name}", [0.0, 1.0], [-0.001, 1.001], UNIT)


@pytest.mark.parametrize(
    "name",
    [
        "background.outlier",
        "standing.ink_deviations",
        "sprites.scale_step",
        "sprites.relaxation",
    ],
)
def test_some_are_greater_than_0(name: str) -> None:
    over_0 = "greater than 0 and finite."
    assert_number(f"perception.things.{name}", [1e-9, 99.0], [0.0, -1.0], over_0)


@pytest.mark.parametrize(
    "name",
    [
        "background.enough",
        "standing.most",
        "coverage.least",
        "sprites.samples",
        "sprites.growth",
        "scenes.sweeps",
    ],
)
def test_counts_are_at_least_1(name: str) -> None:
    assert_whole(f"perception.things.{name}", 1)


@pytest.mark.parametrize(
    ("key", "fits", "value", "rule"),
    [
        ("things.sprites.least_scale", 1.0, 1.001, "greater than 0 and at most 1 and finite."),
        ("things.sprites.most_scale", 1.0, 0.999, "at least 1 and finite."),
        ("stills.largest_scale", 1.0, 0.999, "at least 1 and finite."),
    ],
)
def test_the_scale_of_the_exemplar_is_tried(key: str, fits: float, value: float, rule: str) -> None:
    assert build(f"perception.{key}", fits) == fits
    message = refusal(f"perception.{key}", value)
    assert message == f"perception.{key} is {value}, but it must be {rule}"
