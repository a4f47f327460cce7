"""Random play: as many transitions as asked for, decided by the seed."""

from __future__ import annotations

import numpy as np

from dsrl_agent.experiments.studies.scaling_measure import film
from dsrl_agent.experiments.studies.scaling_rungs import RUNGS


def test_large_frames_are_not_brought_down() -> None:
    world = {"cell": 40, "border": (0, 1, 2, 3)}
    motion = film(RUNGS["2 types"].env_id, world, 2, 0, "learn").motion
    assert motion.before.shape == motion.after.shape == (2, 202, 204, 3)


def test_a_film_has_as_many_transitions_as_asked_for_of_the_same_play() -> None:
    world = RUNGS["2 types"].world(0)
    one, again, other = (film(RUNGS["2 types"].env_id, world, 30, s, "learn") for s in (0, 0, 1))
    assert len(one.truths) == len(one.rewards) == len(one.motion.actions) == 30
    assert np.array_equal(one.motion.after, again.motion.after)
    assert not np.array_equal(one.motion.actions, other.motion.actions)
