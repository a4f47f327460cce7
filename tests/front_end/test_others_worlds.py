"""True facts of other packages' worlds: what `rules` must solve, and how soon."""

from __future__ import annotations

import pytest
from others_worlds import OthersWorld, frozen_score, trained

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import make_front_end


@pytest.mark.parametrize("size", ["4x4", "8x8"])
def test_a_lake_in_whose_holes_the_agent_is_not_drawn_is_solved(size: str) -> None:
    world = OthersWorld(f"FrozenLake-{size}")
    front_end = make_front_end(world.num_actions, FrontEndConfig(kind="rules"))
    course = trained(front_end, world, seed=1, steps=300)
    assert course.first is not None
    assert course.first < 100
    # Every move of the shortest way: 6 in the small lake, 14 in the large one.
    assert frozen_score(front_end, world, 3, seed=40_000) == (1.0, {"4x4": 6.0, "8x8": 14.0}[size])
