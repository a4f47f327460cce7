"""Vector environments that others made: all that they hand over is checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium.envs.registration import EnvSpec
from gymnasium.vector import AutoresetMode
from vector_tapes import BadReward, sync, vec_env

from dsrl_agent.errors import HandoverError
from dsrl_agent.runtime.door.choosing import name_of
from dsrl_agent.runtime.vector.environments import Environments
from dsrl_agent.runtime.vector.opening import several
from dsrl_agent.runtime.vector.vector_environments import part_of, shown_as


def opened(given: Any) -> Environments:
    envs = several(given)
    assert envs is not None
    return envs


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_a_bad_reward_is_met_with_the_number_of_its_environment(mode: AutoresetMode) -> None:
    given = sync(mode, 2)
    given.envs[1].unwrapped.__class__ = BadReward
    envs = opened(given)
    envs.begin({0: 1, 1: 2})
    envs.step([0, 0])
    with pytest.raises(HandoverError, match="at step 2 of environment 1: The reward is nan"):
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


def test_frames_are_copies_even_where_a_vector_hands_out_its_own() -> None:
    given = sync(AutoresetMode.NEXT_STEP)
    given.copy = False
    envs = opened(given)
    first = envs.begin({0: 1, 1: 2})[0].frame
    before = first.copy()
    envs.step([3, 3])
    assert np.array_equal(first, before)


class Hidden:
    """A vector whose environments play in processes of their own."""

    num_envs = 3


def test_a_vector_is_named_by_its_class_its_number_and_what_it_holds() -> None:
    given = sync(AutoresetMode.NEXT_STEP)
    given.spec = EnvSpec("Own/Counting-v0")
    assert shown_as(given) == "SyncVectorEnv of 2 Own/Counting-v0"
    envs = opened(vec_env())
    assert name_of(envs.first) == "DummyVecEnv of 2 Counting"
    assert shown_as(Hidden()) == "Hidden of 3"


def test_the_part_of_an_environment_is_taken_from_every_kind_of_observation() -> None:
    both = {"image": np.arange(4).reshape(2, 2), "more": (np.arange(2),)}
    part = part_of(both, 1)
    assert part["image"].tolist() == [2, 3]
    assert part["more"] == (1,)
