"""The actor that plays at random."""

from __future__ import annotations

import numpy as np

from dsrl_agent.baselines.random_actor import RandomActor


def test_random_play_draws_every_action_from_its_generator() -> None:
    frame = np.zeros((1, 1, 3), np.uint8)
    actors = [RandomActor(3, np.random.default_rng(seed)) for seed in (1, 1, 2)]
    drawn = []
    for actor in actors:
        actor.begin()
        drawn.append([actor.act(frame, {}) for _ in range(600)])
    assert drawn[0] == drawn[1] != drawn[2]
    counts = np.bincount(drawn[0], minlength=3)
    assert counts.sum() == 600
    assert counts.min() > 150
