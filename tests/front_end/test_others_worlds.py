"""True facts of other packages' worlds: what `rules` must solve, and how soon."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from others_worlds import OthersWorld, frozen_score, trained

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import AnyFrontEnd, make_front_end


@pytest.mark.parametrize("size", ["4x4", "8x8"])
def test_a_lake_in_whose_holes_the_agent_is_not_drawn_is_solved(size: str) -> None:
    world = OthersWorld(f"FrozenLake-{size}")
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    course = trained(front_end, world, seed=1, steps=300)
    assert course.first is not None
    assert course.first < 100
    # Every move of the shortest way: 6 in the small lake, 14 in the large one.
    assert frozen_score(front_end, world, 3, seed=40_000) == (1.0, {"4x4": 6.0, "8x8": 14.0}[size])


def test_a_cliff_that_flings_the_agent_back_is_walked_round() -> None:
    world = OthersWorld("CliffWalking")
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    trained(front_end, world, seed=0, steps=300)
    assert frozen_score(front_end, world, 3, seed=40_000) == (1.0, 13.0)


@pytest.mark.parametrize(
    ("name", "steps"), [("DoorKey-5x5", 300), ("Unlock", 400), ("RedBlueDoors-6x6", 400)]
)
def test_keys_and_doors_are_used_by_actions_that_do_not_move_the_agent(
    name: str, steps: int
) -> None:
    pytest.importorskip("minigrid")
    world = OthersWorld(name)
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    course = trained(front_end, world, seed=2, steps=steps)
    assert sum(course.wins[-5:]) == 5
    share, _ = frozen_score(front_end, world, 5, seed=40_000)
    assert share == 1.0


@pytest.mark.parametrize("name", ["Dynamic-Obstacles-5x5", "Dynamic-Obstacles-6x6"])
def test_things_that_walk_are_avoided(name: str) -> None:
    pytest.importorskip("minigrid")
    world = OthersWorld(name)
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    trained(front_end, world, seed=2, steps=300)
    assert frozen_score(front_end, world, 8, seed=40_000)[0] == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("size", "best"), [("4x4", 0.7402), ("8x8", 0.6407)])
def test_a_slippery_lake_is_crossed_about_as_often_as_can_be(size: str, best: float) -> None:
    """The best chance of success is by value iteration on the true table, within 100 steps.

    For 4x4 it is that of the best policy that does not know how many steps are left.
    """
    world = OthersWorld(f"FrozenLake-{size}-slippery")
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    trained(front_end, world, seed=0, steps=1500)
    assert lake_success(front_end, world, steps=100) >= 0.97 * best


def lake_success(front_end: AnyFrontEnd, world: OthersWorld, steps: int) -> float:
    """Return the chance of success of a front end's greedy policy on the lake's true table."""
    lake: Any = world.env.unwrapped
    rng, table = np.random.default_rng(0), lake.P
    ground = lake.desc.flatten()
    world.reset(seed=1)
    actions = {}
    for state in (s for s in table if ground[s] not in b"HG"):
        lake.s = state
        facts = world.facts(ended=False)
        actions[state] = front_end.decide(facts, front_end.begin(world.shape), rng, 0.0)
    chances, won = {0: 1.0}, 0.0
    for _ in range(steps):
        following: dict[int, float] = {}
        for state, chance in chances.items():
            for share, then, reward, over in table[state][actions[state]]:
                won += chance * share * reward
                if not over:
                    following[then] = following.get(then, 0.0) + chance * share
        chances = following
    return won


@pytest.mark.slow
@pytest.mark.parametrize(("name", "steps"), [("UnlockPickup", 800), ("KeyCorridorS3R1", 800)])
def test_hands_are_freed_for_what_is_to_be_fetched(name: str, steps: int) -> None:
    pytest.importorskip("minigrid")
    world = OthersWorld(name)
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    trained(front_end, world, seed=0, steps=steps)
    assert frozen_score(front_end, world, 10, seed=40_000)[0] == 1.0
