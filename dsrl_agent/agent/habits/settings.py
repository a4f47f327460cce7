"""Read an agent's settings from what a caller gives: a config, a mapping, or keywords."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from dsrl_agent.checks import require_at_least, require_at_most, shown
from dsrl_agent.config import AgentConfig, read_config
from dsrl_agent.config.reading import hints_of, nearest
from dsrl_agent.errors import ConfigError

_NAMED_BY = {"front_end": "kind", "back_end": "kind", "perception": "sight"}
"""The setting of a group that a text in place of the group stands for."""
_LISTED = "docs/settings.md"
_OF_MODELS = {
    "gamma": "front_end.discount",
    "exploration_final_eps": "front_end.epsilon",
    "exploration_fraction": "front_end.epsilon",
    "exploration_initial_eps": "front_end.epsilon",
    "buffer_size": "front_end.memory",
    "learning_starts": "perception.first_frames",
    "batch_size": "back_end.batch_places",
}
"""By the name of a setting of Stable-Baselines3's models, the setting that does the same here."""


def agent_settings(
    config: AgentConfig | Mapping[str, Any] | None, given: Mapping[str, Any]
) -> AgentConfig:
    """Return the settings of an agent, those given by keyword in place of the config's.

    Args:
        config: Settings, or a mapping of some of them, such as one read from YAML.
        given: Settings by keyword. A name is that of a group (`front_end`), whose value is a
            config, a mapping, or the name of its kind (`"rules"`); or that of a setting, dotted
            (`front_end.epsilon`) or plain where one group alone has it (`epsilon`).

    Raises:
        ConfigError: A name is no setting, or a value breaks its rule; the nearest name is given.
    """
    if config is None:
        config = AgentConfig()
    if isinstance(config, Mapping):
        config = read_config(AgentConfig, config)
    if not isinstance(config, AgentConfig):
        raise ConfigError(
            f"config is {shown(config)}, but it must be an AgentConfig or a mapping of settings, "
            "such as {'front_end': {'kind': 'rules'}}."
        )
    if not given:
        return config
    merged = dataclasses.asdict(config)
    for name, value in given.items():
        _put(merged, _dotted(name, value), value)
    return read_config(AgentConfig, merged)  # at once: the rules of some settings speak of others


def is_setting(value: Any) -> bool:
    """Return whether a value is settings, or the name of a kind, rather than a part ready made."""
    named = isinstance(value, str | Mapping)
    return named or (dataclasses.is_dataclass(value) and type(value).__name__.endswith("Config"))


def require_no_policy(env: Any) -> None:
    """Refuse the name of a policy in the place of the environment.

    Raises:
        ConfigError: The message says how an agent is made.
    """
    if isinstance(env, str) and env.endswith("Policy"):
        raise ConfigError(
            f"{env!r} is a policy of Stable-Baselines3, but a DSRL agent has none: it takes the "
            'environment first, and a front end decides: DSRL(env, front_end="rules").'
        )


def require_count(num_envs: Any, config: AgentConfig) -> None:
    """Refuse a number of environments that cannot be played together.

    Raises:
        ConfigError: It is no whole number of at least 1, or more than frames are remembered.
    """
    require_at_least("num_envs", num_envs, 1)
    require_at_most("num_envs", num_envs, config.perception.memory, "perception.memory, which is ")


def whole_steps(total_timesteps: Any) -> int:
    """Return a number of steps as an integer; `1e5` is one.

    Raises:
        ConfigError: It is no whole number, or less than 1.
    """
    steps = total_timesteps
    if isinstance(steps, np.integer) or (isinstance(steps, float) and steps.is_integer()):
        steps = int(steps)
    require_at_least("total_timesteps", steps, 1)
    return int(steps)


def drawn_seed() -> int:
    """Return a seed that the system draws."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def _dotted(name: str, value: Any) -> str:
    """Return the dotted name of a setting.

    Raises:
        ConfigError: There is no such setting, or several groups have one of this name.
    """
    known = [dotted for dotted, _ in hints_of(AgentConfig)]
    if name in known:
        return name
    found = [dotted for dotted in known if dotted.rpartition(".")[2] == name]
    shortest = min((dotted.count(".") for dotted in found), default=0)
    found = [dotted for dotted in found if dotted.count(".") == shortest]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"'{dotted}'" for dotted in found)
        raise ConfigError(
            f"{name} (here {shown(value)}) is the name of several settings: {several}; give the "
            f"one that you mean, as in DSRL(env, **{{{found[0]!r}: {shown(value)}}})."
        )
    meant = _OF_MODELS.get(name)
    hint = nearest(name, known, _LISTED) if meant is None else f"here it is {meant}."
    raise ConfigError(f"{name} (here {shown(value)}) is no setting; {hint}")


def _put(values: dict[str, Any], dotted: str, value: Any) -> None:
    """Put a setting, or those of a group, into nested mappings of all settings."""
    *groups, name = dotted.split(".")
    for group in groups:
        values = values[group]
    if name in _NAMED_BY and isinstance(value, str) and not groups:
        value = {_NAMED_BY[name]: value}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    values[name] = _merged(values.get(name), value)


def _merged(old: Any, new: Any) -> Any:
    """Return a mapping with another's values in place of its own, at every level."""
    if not (isinstance(old, dict) and isinstance(new, Mapping)):
        return new
    return {**old, **{name: _merged(old.get(name), value) for name, value in new.items()}}
