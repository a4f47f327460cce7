"""The grid put where the agent stands, without rows and columns that nothing stands in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from walked_floors import Walk, walk

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.things.evidence import recentring
from dsrl_agent.types import FrameTransitions

THINGS = PerceptionConfig().things


@pytest.fixture(scope="module")
def play() -> Walk:
    return walk(200, agent=(6, 6))


def _off(evidence: Evidence, down: int, right: int) -> Evidence:
    """Return the evidence with the grid moved by pixels."""
    grid = evidence.grid
    origin = (grid.origin[0] + down, grid.origin[1] + right)
    return evidence._replace(grid=replace(grid, origin=origin))


@pytest.mark.parametrize(("down", "right"), [(0, 0), (1, 0), (0, -1), (-1, 1), (2, 2)])
def test_a_grid_off_by_pixels_comes_to_where_the_agent_stands(
    play: Walk, down: int, right: int
) -> None:
    off = _off(play.evidence, down, right)
    moved = recentring._moved(off, recentring._background(off, THINGS), THINGS)
    assert moved.grid == play.evidence.grid


def test_a_row_and_a_column_that_nothing_stands_in_go() -> None:
    play = walk(200, slope=0.0)
    grid, trail = play.evidence.grid, play.evidence.trail
    wider = replace(grid, shape=(5, 6), frame=(45, 54))
    steps = play.evidence.transitions
    rim = ((0, 0), (0, 8), (0, 8), (0, 0))
    grown = FrameTransitions(
        np.pad(steps.before, rim, mode="edge"),
        steps.actions,
        np.pad(steps.after, rim, mode="edge"),
    )
    flags = ((0, 0), (0, 1), (0, 1))
    wide_trail = trail._replace(
        left=np.pad(trail.left, flags), entered=np.pad(trail.entered, flags)
    )
    evidence = play.evidence._replace(transitions=grown, grid=wider, trail=wide_trail)
    background = recentring._background(evidence, THINGS)
    rows, cols = recentring._occupied(evidence, background, THINGS)
    assert (rows, cols) == (slice(0, 4), slice(0, 5))
    cut = recentring._cut(evidence, rows, cols)
    assert cut.grid == replace(grid, frame=(45, 54))
    assert_array_equal(cut.trail.entered, trail.entered)


def test_rows_and_columns_that_stick_out_of_the_frame_go(play: Walk) -> None:
    grid = play.evidence.grid
    assert recentring._inside(grid) == (slice(0, 4), slice(0, 5))
    outer = replace(grid, origin=(-5, -6), shape=(6, 7))
    assert recentring._inside(outer) == (slice(1, 5), slice(1, 6))


def test_a_column_that_stuck_out_of_the_frame_is_looked_at_again(play: Walk) -> None:
    whole = play.evidence
    cut = recentring._cut(whole, slice(0, 4), slice(1, 5))
    seen = recentring._widened(cut, PerceptionConfig())
    assert seen.grid == whole.grid
    assert_array_equal(seen.trail.entered, whole.trail.entered)
    assert cut.trail.entered.sum() < seen.trail.entered.sum()


def test_a_column_in_which_nothing_moves_is_not_added(play: Walk) -> None:
    grid, steps = play.evidence.grid, play.evidence.transitions
    rim = ((0, 0), (0, 0), (0, 9), (0, 0))
    wide = FrameTransitions(
        np.pad(steps.before, rim, mode="edge"), steps.actions, np.pad(steps.after, rim, mode="edge")
    )
    beside = play.evidence._replace(transitions=wide, grid=replace(grid, frame=(36, 54)))
    assert recentring._widened(beside, PerceptionConfig()).grid == beside.grid


def test_the_grid_of_a_world_is_found_with_large_shapes() -> None:
    world = {"cell": 12, "border": (5, 4, 4, 5), "sizes": (1.3, 1.3)}
    seen = film("shapes_grid:ShapesGrid-v0", world, 300, 3, "learn")
    evidence = recentring.gather_centred(seen.motion, seen.rewards, PerceptionConfig())
    assert evidence.grid.pitch == (12, 12)
    assert evidence.grid.shape == (5, 5)
    assert evidence.grid.origin == (5, 5)


def test_nothing_is_learned_if_nothing_moved() -> None:
    still = np.zeros((30, 40, 40, 3), np.uint8)
    steps = FrameTransitions(still, np.zeros(30, np.int64), still)
    with pytest.raises(PerceptionError):
        recentring.gather_centred(steps, None, PerceptionConfig())
