"""Vector environments of Stable-Baselines3: what they are, and their first frames."""

from __future__ import annotations

from gymnasium.vector import AutoresetMode
from vector_tapes import Counting, sync, vec_env

from dsrl_agent.runtime.vector.stable_baselines_vector import (
    StableBaselinesEnvironments,
    is_vec_env,
)


def test_only_a_vec_env_is_one() -> None:
    assert is_vec_env(vec_env())
    assert not is_vec_env(sync(AutoresetMode.NEXT_STEP))
    assert not is_vec_env(Counting())


def test_environments_begin_with_seeds_counted_on_from_the_first() -> None:
    envs = StableBaselinesEnvironments(vec_env(3))
    begun = envs.begin({0: 4, 1: 11, 2: 3})
    assert [begun[env].info["level"] for env in range(3)] == [4, 5, 6]
    assert envs.reset_themselves
