"""What motion tells, gathered from random play in worlds whose truth is known."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.sights import CameraThresholds, ExtentThresholds, GridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import gather, mean_changes
from dsrl_agent.types import FrameTransitions
from shapes_grid import ShapesGridEnv


def play(steps: int, **fields: Any) -> tuple[FrameTransitions, list[Any]]:
    """Play at random from seed 0; tell also the agent's cells, before each step and at the end."""
    env = ShapesGridEnv(split="all", **fields)
    rng = np.random.default_rng(0)
    frame, info = env.reset(seed=0)
    frames, actions, cells = [frame], rng.integers(4, size=steps), [info["truth"]["agent"]]
    for action in actions:
        frame, _, terminated, truncated, info = env.step(action)
        assert not terminated
        assert not truncated
        frames.append(frame)
        cells.append(info["truth"]["agent"])
    return FrameTransitions(np.stack(frames[:-1]), actions, np.stack(frames[1:])), cells


def test_the_change_of_cells_is_that_of_resampled_cells() -> None:
    rng = np.random.default_rng(0)
    before = rng.integers(256, size=(5, 20, 30, 3), dtype=np.uint8)
    after = before.copy()
    after[1, 4:9, 2:11] = 0  # two cells
    after[3] = rng.integers(256, size=(20, 30, 3), dtype=np.uint8)
    grid = Grid((5, 7), (2, 1), (3, 4), (20, 30))
    first, second = (
        grid.resample(part, 12).reshape(5, 3, 3, 12, 4, 12) for part in (before, after)
    )
    expected = np.abs(second - first).mean(axis=(1, 3, 5))
    found = mean_changes(grid, before, after)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.count_nonzero(found[[0, 2, 4]]) == 0


WORLD = {"objects": {"circle": 3, "cross": 3}, "rows": 6, "cols": 6, "step_limit": 200}


def test_grid_and_trail_are_gathered_from_play() -> None:
    motion, cells = play(90, **WORLD)
    rewards = np.arange(90.0)
    evidence = gather(motion, rewards, PerceptionConfig())
    assert evidence.grid == Grid((9, 9), (3, 3), (6, 6), (59, 59))
    assert evidence.swing == (0, 0)
    assert evidence.transitions is motion
    assert_array_equal(evidence.rewards, rewards)
    for number, (before, after) in enumerate(itertools.pairwise(cells)):
        left, entered = (
            [tuple(cell) for cell in np.argwhere(flags[number])]
            for flags in (evidence.trail.left, evidence.trail.entered)
        )
        moved = before != after
        assert left == ([before] if moved else [])
        assert entered == ([after] if moved else [])
    assert evidence.trail.noise == 0.0
    assert gather(motion, None, PerceptionConfig()).rewards is None


def test_a_shaken_camera_leaves_its_swing_and_the_rewards_of_what_is_kept() -> None:
    motion, _ = play(90, shake=1, **WORLD)
    evidence = gather(motion, np.arange(90.0), PerceptionConfig())
    assert evidence.swing == (1, 1)
    assert evidence.grid.pitch == (9, 9)
    assert evidence.rewards is not None
    assert len(evidence.rewards) == len(evidence.transitions.actions) == 90
    unshaken = PerceptionConfig(camera=CameraThresholds(moved=1.0))
    assert gather(motion, None, unshaken).swing == (0, 0)


def test_thresholds_of_grid_and_extent_are_passed_on() -> None:
    # 12 x 12 cells, of which one episode reaches some.
    motion, _ = play(60, rows=12, cols=12, cell=7, objects={"circle": 30, "cross": 30})
    assert gather(motion, None, PerceptionConfig()).grid.shape == (12, 12)
    narrow = PerceptionConfig(extent=ExtentThresholds(standing=1.0))
    assert gather(motion, None, narrow).grid.shape < (12, 12)
    with pytest.raises(PerceptionError, match="No action was seen to move anything"):
        gather(motion, None, PerceptionConfig(grid=GridThresholds(least_change=255.0)))
