"""Slippery ground: chances of directions, from steps seen, stays and ends unseen."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawings import DOWN, LEFT, RIGHT, UP, acquainted, step

from dsrl_agent.config import ChanceThresholds
from dsrl_agent.front_end.rules.motion.slips import SlipCounts


def watched(*steps: tuple[str, int, str]) -> SlipCounts:
    counts = SlipCounts()
    for before, action, after in steps:
        seen = step(before, action, 0.0, after.rstrip("!"), after.endswith("!"))
        counts.observe(seen, acquainted())
    return counts


OPEN = "... .+. ..."
EAST, SOUTH, NORTH = "... ..+ ...", "... ... .+.", ".+. ... ..."


def test_ground_on_which_steps_go_as_they_should_is_certain() -> None:
    assert watched(*20 * [(OPEN, RIGHT, EAST)]).slips() == {}
    # One step in ten may be an error of sight.
    assert watched(*9 * [(OPEN, RIGHT, EAST)], (OPEN, RIGHT, SOUTH)).slips() == {}


def test_chances_are_the_shares_of_the_steps_seen() -> None:
    film = [(OPEN, RIGHT, EAST), (OPEN, RIGHT, SOUTH), (OPEN, RIGHT, NORTH)]
    slips = watched(*4 * film).slips()
    assert slips[RIGHT] == pytest.approx({(0, 1): 1 / 3, (1, 0): 1 / 3, (-1, 0): 1 / 3})


def test_rare_ways_that_are_left_out_leave_certain_steps() -> None:
    """Else an action that does nothing in some places is taken there again and again."""
    wall = "... .+# ..."
    # 5 of the 6 steps seen go east; with the 24 stays before a wall, 1 of 30 goes south.
    film = [*5 * [(OPEN, RIGHT, EAST)], (OPEN, RIGHT, SOUTH), *24 * [(wall, RIGHT, wall)]]
    assert watched(*film).slips() == {}
    # Beside an action with two ways, it is certain.
    slips = watched(*film, *4 * [(OPEN, UP, NORTH), (OPEN, UP, EAST)]).slips()
    assert slips[RIGHT] == {(0, 1): 1.0}
    assert slips[UP] == pytest.approx({(-1, 0): 0.5, (0, 1): 0.5})


def test_stays_and_ends_unseen_count_for_what_they_may_be() -> None:
    """Without them, directions that are often blocked would seem rarer than they are."""
    corner, hole = "+.. ... ...", "... .+v ..."
    film = [
        (OPEN, DOWN, EAST),
        (OPEN, DOWN, SOUTH),
        (corner, DOWN, corner),
        (hole, DOWN, "... ..v ...!"),
    ]
    slips = watched(*6 * film).slips()
    # Each film holds a step east and one south, a stay that is one north or west, an end east.
    chances = slips[DOWN]
    assert chances[0, 1] == pytest.approx(0.5, abs=0.01)
    assert chances[1, 0] == pytest.approx(0.25, abs=0.01)
    assert chances.get((-1, 0), 0.0) + chances.get((0, -1), 0.0) == pytest.approx(0.25, abs=0.01)


def test_chances_of_a_slippery_lake_are_found() -> None:
    rng, counts = np.random.default_rng(0), SlipCounts(ChanceThresholds())
    drawn = {0: NORTH, 1: EAST, 2: SOUTH}
    for _ in range(300):
        seen = step(OPEN, RIGHT, 0.0, drawn[int(rng.integers(3))])
        counts.observe(seen, acquainted())
    chances = counts.slips()[RIGHT]
    assert set(chances) == {(-1, 0), (0, 1), (1, 0)}
    assert max(chances.values()) < 0.42


def test_counts_are_saved_and_loaded() -> None:
    counts, loaded = (
        watched(*4 * [(OPEN, LEFT, EAST), (OPEN, LEFT, SOUTH), (OPEN, UP, NORTH)]),
        SlipCounts(),
    )
    loaded.load(json.loads(json.dumps(counts.state())))
    assert loaded.slips() == counts.slips() != {}


def test_what_was_entered_before_neither_blocks_nor_ends() -> None:
    """Beside a wall and a box, a stay may be either; once the box was entered it was the wall."""
    between, known = "... #+o ...", watched(*3 * [("... +o. ...", RIGHT, "... .+. ...")])
    ahead = [(OPEN, DOWN, SOUTH), (OPEN, DOWN, EAST)]
    for seen in (*5 * ahead, *10 * [(between, DOWN, between)]):
        known.observe(step(seen[0], seen[1], 0.0, seen[2]), acquainted())
    # Half of the steps went left, into the wall; the steps to the right sharpen this a little.
    assert known.slips()[DOWN] == pytest.approx({(0, -1): 0.5, (1, 0): 0.25, (0, 1): 0.25}, abs=0.1)


def test_what_ends_episodes_does_not_explain_a_stay() -> None:
    hole, both = "... .+v ...", "... #+v ..."
    film = [(hole, DOWN, "... ..v ...!"), (OPEN, DOWN, SOUTH), (both, DOWN, both)]
    assert watched(*6 * film).slips()[DOWN] == pytest.approx(
        {(0, 1): 1 / 3, (1, 0): 1 / 3, (0, -1): 1 / 3}
    )


def test_chances_are_estimated_anew_as_evidence_grows() -> None:
    counts = watched(*10 * [(OPEN, RIGHT, EAST), (OPEN, RIGHT, SOUTH)])
    first = counts.slips()
    counts.observe(step(OPEN, RIGHT, 0.0, NORTH), acquainted())
    assert counts.slips() is first  # one step in twenty is no more than the share
    counts.observe(step(OPEN, RIGHT, 0.0, NORTH), acquainted())
    assert (-1, 0) in counts.slips()[RIGHT]


def test_counts_of_older_versions_are_read() -> None:
    loaded = SlipCounts()
    loaded.load([[RIGHT, [[0, 1]], 6], [RIGHT, [[1, 0]], 3], [RIGHT, [[0, 1], [-1, 0]], 3]])
    assert loaded.slips()[RIGHT] == pytest.approx({(0, 1): 0.75, (1, 0): 0.25}, abs=0.01)
