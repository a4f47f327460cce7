"""Vector environments that others made: all that they hand over is checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from vector_tapes import Counting, sync, vec_env

from dsrl_agent.errors import ConfigError, HandoverError, ObservationError
from dsrl_agent.runtime.door import Door
from dsrl_agent.runtime.vector.environments import Environments
from dsrl_agent.runtime.vector.opening import several
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments


def opened(given: Any) -> Environments:
    envs = several(given)
    assert envs is not None
    return envs


class BadReward(Counting):
    """Gives NaN as its second reward."""

    def step(self, action: Any) -> Any:
        observation, reward, *rest = super().step(action)
        return observation, float("nan") if self.steps == 2 else reward, *rest


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_a_bad_reward_is_met_with_the_number_of_its_environment(mode: AutoresetMode) -> None:
    given = sync(mode, 2)
    given.envs[1].unwrapped.__class__ = BadReward
    envs = opened(given)
    envs.begin({0: 1, 1: 2})
    envs.step([0, 0])
    with pytest.raises(HandoverError, match="at step 2 of environment 1: The reward is nan"):
        envs.step([0, 0])


def test_single_environments_name_the_one_at_fault() -> None:
    envs = SingleEnvironments([Door(Counting()), Door(BadReward())])
    envs.begin({0: 1, 1: 2})
    envs.step([0, 0])
    with pytest.raises(HandoverError, match=r"Environment 1 of 2: .*The reward is nan"):
        envs.step([0, 0])


def test_what_a_vector_raises_is_met_with_the_step() -> None:
    envs = opened(sync(AutoresetMode.NEXT_STEP))
    envs.begin({0: 1, 1: 2})
    envs.given.envs[0].step = None  # type: ignore[attr-defined]
    with pytest.raises(HandoverError, match=r"SyncVectorEnv raised TypeError at step 1 \(actions"):
        envs.step([0, 0])


class WithoutLast:
    """A vector that forgets the last observations."""

    def __init__(self, given: Any) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        return getattr(self._given, name)

    def step(self, actions: Any) -> Any:
        *rest, infos = self._given.step(actions)
        for info in infos if isinstance(infos, list) else [infos]:
            info.pop("final_obs", None)
            info.pop("terminal_observation", None)
        return *rest, infos


def test_an_end_without_its_last_observation_is_refused() -> None:
    for given, name in ((sync(AutoresetMode.SAME_STEP), "final_obs"), (vec_env(), "terminal_obs")):
        envs = opened(given)
        envs.given = WithoutLast(given)  # type: ignore[attr-defined]
        envs.begin({0: 18, 1: 10})
        with pytest.raises(HandoverError, match=f"of environment 0: an episode ended.*{name}"):
            envs.step([2, 2])


def test_a_vector_that_does_not_say_how_episodes_begin_is_refused() -> None:
    given = sync(AutoresetMode.NEXT_STEP)
    given.metadata = {}
    with pytest.raises(ConfigError, match=r"metadata\['autoreset_mode'\] .* is None, but"):
        several(given)


def test_numbers_of_environments_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="num_envs is 0, but it must be at least 1"):
        several("shapes_grid:ShapesGrid-v0", 0)
    with pytest.raises(ConfigError, match="num_envs is 4, but the environment is made already"):
        several(Counting(), 4)
    assert several(Counting()) is None
    made = several("shapes_grid:ShapesGrid-v0", 3)
    assert made is not None
    assert (made.num_envs, made.num_actions, made.frame_shape) == (3, 4, (50, 50, 3))


def test_one_environment_given_twice_and_unlike_ones_are_refused() -> None:
    env = Door(Counting())
    with pytest.raises(ConfigError, match="0 and 1 are one and the same object"):
        SingleEnvironments([env, env])
    made = several("shapes_grid:ShapesGrid-v0", 2)
    assert isinstance(made, SingleEnvironments)
    with pytest.raises(ObservationError, match=r"Environment 1 has 4 actions and frames \[50, 50"):
        SingleEnvironments([env, *made.envs])


def test_frames_are_copies_even_where_a_vector_hands_out_its_own() -> None:
    given = sync(AutoresetMode.NEXT_STEP)
    given.copy = False
    envs = opened(given)
    first = envs.begin({0: 1, 1: 2})[0].frame
    before = first.copy()
    envs.step([3, 3])
    assert np.array_equal(first, before)
