"""The agent's own steps, and the rest that it needs between them."""

from __future__ import annotations

import json

import pytest

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.gait import Gait, first_ready
from dsrl_agent.types import EDGE, FREE, UNMOVED

UP, WAIT = 0, 1


def slow() -> Gait:
    """An agent that can go up in every third step."""
    gait = Gait(2, ForesightThresholds())
    for _ in range(10):
        for rest in range(1, 9):
            gait.observe(UP, rest, FREE, (-1, 0) if rest >= 3 else UNMOVED)
            gait.observe(WAIT, rest, FREE, UNMOVED)
    return gait


def test_the_rest_needed_is_the_first_that_does_not_hold_back() -> None:
    assert slow().rests() == 3
    assert first_ready([0.0, 0.1, 0.9, 0.2], 0.5) == 3
    assert first_ready([0.9, 0.1], 0.5) == 1
    assert first_ready([None, 0.9], 0.5) == 1
    assert first_ready([], 0.5) == 1


def test_what_was_worked_out_is_forgotten_where_more_is_counted() -> None:
    gait = slow()
    assert (gait.rests(), gait.chances(WAIT, 3, FREE)) == (3, {UNMOVED: 1.0})
    for _ in range(90):
        gait.observe(UP, 1, FREE, (-1, 0))
        gait.observe(WAIT, 3, FREE, (0, 1))
    assert gait.rests() == 1
    assert gait.chances(WAIT, 1, FREE)[0, 1] > 0.5
    gait.load(slow().state())
    assert (gait.rests(), gait.chances(WAIT, 3, FREE)) == (3, {UNMOVED: 1.0})


def test_chances_depend_on_the_rest() -> None:
    gait = slow()
    assert gait.chances(UP, 1, FREE) == {UNMOVED: 1.0}
    assert gait.chances(UP, 3, FREE) == {(-1, 0): 1.0}
    assert gait.steps == {UP: (-1, 0)}
    assert gait.axes() == (True, False)


def test_what_is_in_the_way_counts_where_it_was_met() -> None:
    gait = Gait(1, ForesightThresholds())
    for _ in range(4):
        gait.observe(UP, 8, FREE, (-1, 0))
        gait.observe(UP, 8, EDGE, UNMOVED)
    assert gait.chances(UP, 1, EDGE) == {UNMOVED: 1.0}
    assert gait.chances(UP, 1, 7) == {UNMOVED: 0.5, (-1, 0): 0.5}  # never met: as anywhere


def test_rare_displacements_are_left_out() -> None:
    gait = Gait(1, ForesightThresholds())
    for step in [*19 * [(0, 1)], UNMOVED]:
        gait.observe(0, 8, FREE, step)
    assert gait.chances(0, 1, FREE) == {UNMOVED: 0.05, (0, 1): 0.95}  # now and then it slips
    for _ in range(40):
        gait.observe(0, 8, FREE, (0, 1))
    assert gait.chances(0, 1, FREE) == {(0, 1): 1.0}


def test_an_action_never_tried_is_expected_to_do_nothing() -> None:
    assert Gait(1, ForesightThresholds()).chances(0, 1, FREE) == {UNMOVED: pytest.approx(1.0)}


def test_a_checkpoint_keeps_all() -> None:
    gait, again = slow(), Gait(2, ForesightThresholds())
    again.load(json.loads(json.dumps(gait.state())))
    assert again.state() == gait.state()
    assert again.steps == gait.steps
