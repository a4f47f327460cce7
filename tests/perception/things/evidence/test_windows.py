"""Windows around the cells of a grid."""

from __future__ import annotations

import pytest

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import StandingThresholds, ThingsThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.evidence.windows import windows_of


@pytest.mark.parametrize(
    ("pitch", "margin"), [((8, 8), 3), ((10, 10), 3), ((11, 11), 4), ((7, 20), 6)]
)
def test_the_margin_is_a_share_of_the_longer_side(pitch: tuple[int, int], margin: int) -> None:
    grid = Grid(pitch, (1, 2), (3, 4), (99, 100))
    expected = Windows(pitch, (1, 2), (3, 4), (99, 100), margin)
    assert windows_of(grid, ThingsThresholds()) == expected


def test_the_least_margin_is_a_setting() -> None:
    thresholds = ThingsThresholds(standing=StandingThresholds(least_margin=1, margin=0.25))
    assert windows_of(Grid((8, 8), (0, 0), (1, 1), (8, 8)), thresholds).margin == 2
