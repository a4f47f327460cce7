"""Things that are walked over without effect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dsrl_agent.front_end.tabular.walks.ground import Ground


def test_a_type_is_plain_as_long_as_it_never_had_an_effect() -> None:
    ground = Ground()
    assert ground.plain == frozenset()
    for number, idle in ((1, True), (1, True), (2, True), (2, False), (3, False)):
        ground.entered(number, idle=idle)
    assert ground.plain == {1}
    ground.entered(1, idle=False)
    assert ground.plain == frozenset()


def test_the_commonest_reward_is_usual() -> None:
    ground = Ground()
    assert ground.is_usual(0.0)
    for reward in (-1.0, 5.0, -1.0):
        ground.walked(reward)
    assert ground.usual == -1.0
    assert ground.is_usual(-1.0)
    assert not ground.is_usual(0.0)


def test_what_is_split_off_counts_as_its_type_and_then_by_itself() -> None:
    ground = Ground()
    ground.entered(1, idle=True)
    ground.inherit(2, 1)
    ground.inherit(4, 3)  # nothing is known of it
    assert ground.plain == {1, 2}
    ground.entered(2, idle=False)
    assert ground.plain == {1}


def test_counts_are_saved_and_loaded() -> None:
    ground, loaded = Ground(), Ground()
    ground.walked(-1.0)
    ground.entered(1, idle=True)
    ground.entered(2, idle=False)
    loaded.load(json.loads(json.dumps(ground.state())))
    assert (loaded.plain, loaded.usual) == (frozenset({1}), -1.0)
    assert loaded.state() == ground.state()


def test_rewards_that_differ_in_every_step_do_not_grow_what_is_saved() -> None:
    ground = Ground()
    for number in range(5000):
        ground.walked(-1.0)
        ground.walked(number / 7)
    assert ground.usual == -1.0
    assert len(ground.state()["rewards"]) == 64
    old = {**ground.state(), "rewards": [[n / 7, 1] for n in range(5000)] + [[-1.0, 5000]]}
    loaded = Ground(8)
    loaded.load(json.loads(json.dumps(old)))  # as older versions saved them
    assert loaded.usual == -1.0
    assert len(loaded.state()["rewards"]) == 8


@pytest.mark.parametrize(
    "entry", [[1, ["x", 0]], [1, [2]], ["a", [2, 1]], [1, [2.5, 1]], [1, None]]
)
def test_counts_that_are_no_whole_numbers_are_refused(entry: list[Any]) -> None:
    state = Ground().state()
    with pytest.raises((TypeError, ValueError)):
        Ground().load({**state, "outcomes": [entry]})
