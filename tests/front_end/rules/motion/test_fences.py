"""Sides from which a cell cannot be left."""

from __future__ import annotations

import json

from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.motion.fences import Fences
from dsrl_agent.types import FREE

GATE, WALL = 7, 8
OPEN = frozenset([FREE, WALL])
LEFT, RIGHT = (GATE, 0, -1), (GATE, 0, 1)


def test_a_side_is_fenced_if_most_steps_to_it_are_held_up() -> None:
    fences = Fences()
    for side, passes in ((LEFT, False), (RIGHT, True), (RIGHT, False), (RIGHT, True)):
        fences.observe(side, passes=passes)
    assert fences.closed(OPEN) == {LEFT}  # one step of three to the right was misread
    assert fences.described(OPEN) == ["leaving type 7 to the left: held up (1 of 1 times)"]
    fences.observe(LEFT, passes=True)
    assert not fences.closed(OPEN)


def test_a_step_is_held_up_by_the_cell_itself_where_nothing_else_hinders() -> None:
    fences, stays, goes = Fences(), Effect(False, FREE), Effect(True, FREE)
    assert fences.learn(LEFT, stays, FREE, held_up=True, hidden=False)
    assert not fences.learn(RIGHT, goes, FREE, held_up=False, hidden=False)
    assert not fences.learn(
        RIGHT, stays, WALL, held_up=False, hidden=False
    )  # what stands there hinders
    assert fences.state() == [[7, 0, -1, 0, 1], [7, 0, 1, 1, 0]]
    empty = (FREE, 0, 1)
    assert fences.learn(empty, stays, FREE, held_up=True, hidden=True)
    assert not fences.learn(empty, stays, FREE, held_up=True, hidden=False)
    assert fences.closed(OPEN) == {LEFT}


def test_what_hinders_by_itself_explains_the_steps_that_went_for_it() -> None:
    fences, stays = Fences(), Effect(False, WALL)
    assert fences.learn(RIGHT, stays, WALL, held_up=True, hidden=False)
    assert fences.closed(OPEN) == {RIGHT}
    assert not fences.closed(frozenset([FREE]))  # the wall was found to hinder
    fences.observe(RIGHT, passes=False)
    assert fences.closed(frozenset([FREE])) == {RIGHT}
    assert fences.described(OPEN) == ["leaving type 7 to the right: held up (2 of 2 times)"]


def test_fences_are_saved_and_loaded() -> None:
    fences, loaded = Fences(), Fences()
    fences.observe(LEFT, passes=False)
    fences.observe(RIGHT, WALL, passes=False)
    fences.observe(RIGHT, passes=True)
    loaded.load(json.loads(json.dumps(fences.state())))
    kept = [[7, 0, -1, 0, 1], [7, 0, 1, 1, 0], [7, 0, 1, 0, 1, 8]]
    assert loaded.state() == fences.state() == kept
    assert loaded.closed(OPEN) == {LEFT}
