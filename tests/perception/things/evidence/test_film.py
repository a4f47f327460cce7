"""Transitions in a row: each frame once."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.things.evidence.film import film_of
from dsrl_agent.types import FrameTransitions


def _flags(cells: list[int]) -> np.ndarray:
    """Return which of three cells in a row is meant at each step; -1 is none."""
    return np.asarray(np.array(cells)[:, None, None] == np.arange(3)[None, None])


def test_a_frame_of_two_transitions_is_taken_once_and_an_episode_begins_with_its_own() -> None:
    a, b, c, d, e = (np.full((2, 3, 3), level, np.uint8) for level in range(5))
    steps = FrameTransitions(np.stack([a, b, d]), np.zeros(3, np.int64), np.stack([b, c, e]))
    # The agent goes from cell 0 to 1, stays there, and in the next episode from 2 to 1.
    trail = Trail(_flags([0, -1, 2]), _flags([1, -1, 1]), np.zeros((3, 2, 2), np.float32), 0.0)
    film = film_of(Evidence(steps, None, (0, 0), Grid((2, 1), (0, 0), (1, 3), (2, 3)), trail))
    assert_array_equal(film.frames[:, 0, 0, 0], [0, 1, 2, 3, 4])
    assert_array_equal(film.episodes, [0, 0, 0, 1, 1])
    assert_array_equal(film.left, _flags([-1, 0, -1, -1, 2]))
    assert_array_equal(film.stands, _flags([0, 1, -1, 2, 1]))
