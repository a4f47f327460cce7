"""Sides from which a cell cannot be left."""

from __future__ import annotations

import json

from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.motion.fences import Fences
from dsrl_agent.types import FREE

GATE = 7
LEFT, RIGHT = (GATE, 0, -1), (GATE, 0, 1)


def test_a_side_is_fenced_if_most_steps_to_it_are_held_up() -> None:
    fences = Fences()
    for side, passes in ((LEFT, False), (RIGHT, True), (RIGHT, False), (RIGHT, True)):
        fences.observe(side, passes=passes)
    assert fences.holds_up(LEFT)
    assert not fences.holds_up(RIGHT)  # one step of three was misread
    assert fences.types == {GATE}
    assert fences.described() == ["leaving type 7 to the left: held up (1 of 1 times)"]
    fences.observe(LEFT, passes=True)
    assert fences.types == frozenset()


def test_a_step_is_held_up_by_the_cell_itself_where_nothing_else_hinders() -> None:
    fences, stays, goes = Fences(), Effect(False, FREE), Effect(True, FREE)
    assert fences.learn(LEFT, stays, held_up=True, hidden=False)
    assert not fences.learn(RIGHT, goes, held_up=False, hidden=False)
    assert not fences.learn(RIGHT, stays, held_up=False, hidden=False)  # what stands there hinders
    assert fences.state() == [[7, 0, -1, 0, 1], [7, 0, 1, 1, 0]]
    empty = (FREE, 0, 1)
    assert fences.learn(empty, stays, held_up=True, hidden=True)
    assert not fences.learn(empty, stays, held_up=True, hidden=False)
    assert fences.types == {GATE}


def test_fences_are_saved_and_loaded() -> None:
    fences, loaded = Fences(), Fences()
    fences.observe(LEFT, passes=False)
    fences.observe(RIGHT, passes=True)
    loaded.load(json.loads(json.dumps(fences.state())))
    assert loaded.state() == fences.state() == [[7, 0, -1, 0, 1], [7, 0, 1, 1, 0]]
    assert loaded.holds_up(LEFT)
