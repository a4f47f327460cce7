"""Environments of a benchmark's worlds: wrappers, and frames that are made as in training."""

from __future__ import annotations

import pytest

from dsrl_agent.experiments.plan.suite import World
from dsrl_agent.experiments.worlds.making import described_env, training_env, unseen_env

RESIZED = "dsrl_agent.experiments.worlds.disturbing:ResizedFrames"


def test_a_test_makes_frames_by_the_recipe_of_training() -> None:
    small = World(kwargs={"rows": 4, "cols": 4, "cell": 8, "border": [0, 0, 0, 0]})
    trained = training_env(small)
    assert unseen_env(small, trained.view).reset(seed=0)[0].shape == (32, 32, 3)
    halved = unseen_env(small, trained.view.__class__(factor=2))
    assert halved.reset(seed=0)[0].shape == (16, 16, 3)


def test_the_wrappers_of_a_world_are_around_its_environments() -> None:
    world = World(wrappers=[{RESIZED: {"height": 20, "width": 30}}])
    for env in (training_env(world), unseen_env(world), described_env(world.described())):
        assert env.reset(seed=0)[0].shape == (20, 30, 3)


@pytest.mark.parametrize(
    ("world", "described"),
    [
        (World("a"), {"id": "a", "kwargs": {}}),
        (World("a", {"b": 1}, solved=0.0), {"id": "a", "kwargs": {"b": 1}, "solved": 0.0}),
        (World("a", wrappers=["c"]), {"id": "a", "kwargs": {}, "wrappers": ["c"]}),
    ],
)
def test_a_described_world_holds_what_was_given(world: World, described: object) -> None:
    assert world.described() == described
