"""Take whatever may stand for the environments of an agent, and make them."""

from __future__ import annotations

from typing import Any

from gymnasium.vector import VectorEnv

from dsrl_agent.checks import require_at_least
from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.door import View
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.vector.environments import Environments
from dsrl_agent.runtime.vector.gymnasium_vector import GymnasiumEnvironments
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments
from dsrl_agent.runtime.vector.stable_baselines_vector import (
    StableBaselinesEnvironments,
    is_vec_env,
)


def several(
    given: Any,
    num_envs: int = 1,
    thresholds: DoorThresholds | None = None,
    view: View | None = None,
) -> Environments | None:
    """Return the environments that something stands for, `None` if it is a single one.

    Args:
        given: A vector environment of Gymnasium or of Stable-Baselines3, environments made
            already, or the id of an environment.
        num_envs: How many are made of an id.
        thresholds: How observations become frames; the defaults if left out.
        view: The recipe of another door, to make the same frames; chosen anew if left out.

    Raises:
        ConfigError: The number is below 1, or given for an environment that is made already.
        ObservationError: There are no images, or actions are not Discrete.
    """
    require_at_least("num_envs", num_envs, 1)
    if isinstance(given, str):
        if num_envs == 1:
            return None
        return SingleEnvironments([make_env(given, {}, view=view) for _ in range(num_envs)])
    if num_envs != 1:
        raise ConfigError(
            f"num_envs is {num_envs}, but the environment is made already and cannot be made "
            "again; give its id, or a vector environment such as gymnasium.make_vec returns."
        )
    if isinstance(given, Environments):
        return given
    if isinstance(given, VectorEnv):
        return GymnasiumEnvironments(given, thresholds, view)
    if is_vec_env(given):
        return StableBaselinesEnvironments(given, thresholds, view)
    return None
