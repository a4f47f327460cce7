"""Single environments that are played together: which is at fault, and which may not be."""

from __future__ import annotations

import pytest
from vector_tapes import BadReward, Counting

from dsrl_agent.errors import ConfigError, HandoverError, ObservationError
from dsrl_agent.runtime.door import Door
from dsrl_agent.runtime.vector.opening import several
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments


def test_single_environments_name_the_one_at_fault() -> None:
    envs = SingleEnvironments([Door(Counting()), Door(BadReward())])
    envs.begin({0: 1, 1: 2})
    envs.step([0, 0])
    with pytest.raises(HandoverError, match=r"Environment 1 of 2: .*The reward is nan"):
        envs.step([0, 0])


def test_one_environment_given_twice_and_unlike_ones_are_refused() -> None:
    env = Door(Counting())
    with pytest.raises(ConfigError, match="0 and 1 are one and the same object"):
        SingleEnvironments([env, env])
    made = several("shapes_grid:ShapesGrid-v0", 2)
    assert isinstance(made, SingleEnvironments)
    with pytest.raises(ObservationError, match=r"Environment 1 has 4 actions and frames \[50, 50"):
        SingleEnvironments([env, *made.envs])
