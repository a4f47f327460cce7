"""The agent's actions as arrays over all places."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.events import Events, Happening, Occasion
from dsrl_agent.front_end.foresight.gait import Gait
from dsrl_agent.front_end.foresight.options import deeds_of, front_at, moves_of
from dsrl_agent.types import EDGE, FREE, UNMOVED

WALL = 7
SHAPE = (1, 3)


def walker() -> Gait:
    gait = Gait(1, ForesightThresholds())
    for _ in range(4):
        gait.observe(0, 8, FREE, (0, 1))
        gait.observe(0, 8, EDGE, UNMOVED)
        gait.observe(0, 8, WALL, UNMOVED)
    return gait


def test_the_content_of_the_cell_gone_for() -> None:
    assert front_at((0, 0), (0, 1), {(0, 1): WALL}, SHAPE) == WALL
    assert front_at((0, 1), (0, 1), {(0, 1): WALL}, SHAPE) == FREE
    assert front_at((0, 2), (0, 1), {}, SHAPE) == EDGE
    assert front_at((0, 2), None, {}, SHAPE) == FREE


def test_moves_are_laid_out_over_the_board() -> None:
    leads, moves = moves_of(walker(), {}, SHAPE)
    assert leads.tolist() == [[0, 1, 2], [1, 2, 2]]
    assert moves[0, 0].tolist() == [[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    _, walled = moves_of(walker(), {(0, 1): WALL}, SHAPE)
    assert walled[0, 0].tolist() == [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]


def test_all_chances_of_an_action_add_up() -> None:
    _, moves = moves_of(walker(), {(0, 1): WALL}, SHAPE)
    np.testing.assert_allclose(moves.sum(axis=2), 1.0)


def test_what_deeds_did_is_a_mean_with_some_doubt() -> None:
    events = Events(SHAPE, ForesightThresholds())
    for rest in (1, 2):
        events.observe(Occasion((2, 0, rest), (), ()), Happening(False, False, 3.0))
    found = deeds_of(events, 1, 1, doubt=0.5)  # both rests count as one
    assert found.shape == (1, 1, 3, 3)
    assert found[0, 0, 2].tolist() == [0.0, 0.0, pytest.approx(6 / 2.5)]
