"""The true facts as planes."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from dsrl_agent.baselines.symbol_grid import SymbolGrid, planes
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.envs import make_env


def test_symbols_are_a_plane_for_each_type_and_one_for_the_agent() -> None:
    objects = {"circle": 1, "cross": 1}
    small = {"rows": 2, "cols": 3, "cell": 18, "objects": objects}
    env = SymbolGrid(make_env("shapes_grid:ShapesGrid-v0", small))
    seen, info = env.reset(options={"board": "o.+\n..x"})
    assert info["truth"]["kinds"] == ("circle", "cross")
    assert seen.tolist() == [
        [[1, 0, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 1]],
        [[0, 0, 1], [0, 0, 0]],
    ]
    after, *_, info = env.step(3)  # down, onto the cross
    assert after[1].sum() == 0
    assert np.array_equal(after, planes(info["truth"]))


def test_a_world_without_ground_truth_is_refused() -> None:
    env: gym.Env[Any, Any] = gym.make("FrozenLake-v1")
    with pytest.raises(ConfigError, match=r"sight is 'symbols', but FrozenLakeEnv gives no info"):
        SymbolGrid(env)
