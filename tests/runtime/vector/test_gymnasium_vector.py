"""Vector environments of Gymnasium: their modes, and the `info` of each environment."""

from __future__ import annotations

import pytest
from gymnasium.vector import AutoresetMode
from vector_tapes import sync

from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.vector.gymnasium_vector import GymnasiumEnvironments
from dsrl_agent.runtime.vector.opening import several


def test_a_vector_that_does_not_say_how_episodes_begin_is_refused() -> None:
    given = sync(AutoresetMode.NEXT_STEP)
    given.metadata = {}
    with pytest.raises(ConfigError, match=r"metadata\['autoreset_mode'\] .* is None, but"):
        several(given)


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_only_a_vector_without_autoreset_is_begun_one_by_one(mode: AutoresetMode) -> None:
    envs = GymnasiumEnvironments(sync(mode, 3))
    assert envs.reset_themselves == (mode is not AutoresetMode.DISABLED)
    begun = envs.begin({0: 3, 1: 4, 2: 5})
    assert {env: first.info for env, first in begun.items()} == {
        0: {"level": 3},
        1: {"level": 4},
        2: {"level": 5},
    }


def test_some_environments_begin_anew_and_the_others_go_on() -> None:
    envs = GymnasiumEnvironments(sync(AutoresetMode.DISABLED, 3))
    envs.begin({0: 3, 1: 4, 2: 5})
    assert {env: first.info for env, first in envs.begin({1: 9}).items()} == {1: {"level": 9}}
    taken = envs.step([1, 1, 1]).taken
    assert [taken[env].info["level"] for env in range(3)] == [4, 10, 6]
