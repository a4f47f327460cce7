"""Sides from which a cell cannot be left."""

from __future__ import annotations

import json

from dsrl_agent.front_end.rules.motion.fences import Fences

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


def test_fences_are_saved_and_loaded() -> None:
    fences, loaded = Fences(), Fences()
    fences.observe(LEFT, passes=False)
    fences.observe(RIGHT, passes=True)
    loaded.load(json.loads(json.dumps(fences.state())))
    assert loaded.state() == fences.state() == [[7, 0, -1, 0, 1], [7, 0, 1, 1, 0]]
    assert loaded.holds_up(LEFT)
