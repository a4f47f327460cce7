"""FrozenLake with a new map in each episode."""

from __future__ import annotations

import gymnasium as gym

from dsrl_agent.experiments.worlds.new_maps import NewMaps


def test_the_seed_decides_the_map_and_the_moves_follow_it() -> None:
    env = NewMaps(gym.make("FrozenLake-v1", is_slippery=False))
    maps = []
    for seed in (1, 2, 1):
        env.reset(seed=seed)
        maps.append([b"".join(row).decode() for row in env.unwrapped.desc])  # type: ignore[attr-defined]
    assert maps[0] == maps[2] != maps[1]
    assert all("".join(rows).count("G") == 1 for rows in maps)
    below = env.step(1)  # down
    assert below[2] == (maps[2][1][0] == "H")
