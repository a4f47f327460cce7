"""Make contestants of every kind, with one interface and checked settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.baselines import Oracle, RandomActor
from dsrl_agent.baselines.settings import DQNConfig, PPOConfig, QRDQNConfig
from dsrl_agent.config import AgentConfig, read_config
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.contestants.agent_learner import AgentLearner, MakeEnv
from dsrl_agent.experiments.contestants.true_facts import FactsConfig, FactsLearner
from dsrl_agent.experiments.plan.suite import Contestant, World
from dsrl_agent.experiments.worlds.making import training_env
from dsrl_agent.runtime.episodes import Actor
from dsrl_agent.runtime.rng import Streams

Settings = AgentConfig | FactsConfig | DQNConfig | PPOConfig


class Learner(Protocol):
    """Common interface of contestants."""

    @property
    def steps(self) -> int:
        """Steps of the environment taken so far, all counted."""

    def learn(self, until: int) -> None:
        """Play and learn until `until` steps have been taken in all."""

    def move(self, make: MakeEnv) -> None:
        """Go on in another world."""

    def actor(self, env: gym.Env[Any, Any]) -> Actor:
        """Return the greedy policy learned so far as an actor."""

    def size_bytes(self) -> int:
        """Return the bytes of what was learned."""


@runtime_checkable
class Resumable(Learner, Protocol):
    """A contestant whose training is long enough to be saved and resumed."""

    def save(self, path: Path) -> None:
        """Write everything that further training depends on into a new folder."""

    def load(self, path: Path) -> None:
        """Restore what `save` wrote."""


class PixelLearner(AgentLearner):
    """The agent from pixels."""

    def __init__(self, make: MakeEnv, config: AgentConfig, seed: int, device: str = "cpu") -> None:
        super().__init__(DSRL(make(), config, seed=seed, device=device))


class _Still:
    """A contestant that does not learn (random, oracle)."""

    steps = 0

    def __init__(self, actor: Callable[[gym.Env[Any, Any]], Actor]) -> None:
        self._make_actor = actor

    def learn(self, until: int) -> None:
        """Do nothing."""

    def move(self, make: MakeEnv) -> None:
        """Do nothing."""

    def actor(self, env: gym.Env[Any, Any]) -> Actor:
        """Return the actor for an environment."""
        return self._make_actor(env)

    def size_bytes(self) -> int:
        """Return 0."""
        return 0


def make_learner(contestant: Contestant, make: MakeEnv, seed: int, device: str = "cpu") -> Learner:
    """Return a contestant that has taken no step, in the world that `make` makes.

    The seed seeds everything. Networks run on the device: auto, cpu or cuda.
    """
    config = settings_of(contestant)
    if isinstance(config, AgentConfig):
        return PixelLearner(make, config, seed, device)
    if isinstance(config, FactsConfig):
        return FactsLearner(make, config, seed)
    if isinstance(config, DQNConfig):
        from dsrl_agent.baselines.dqn import DQNLearner  # Stable-Baselines3 takes seconds

        return DQNLearner(make, config, seed, device)
    if isinstance(config, PPOConfig):
        from dsrl_agent.baselines.ppo import PPOLearner

        return PPOLearner(make, config, seed, device)
    if contestant.kind == "oracle":
        return _Still(Oracle)
    rng = Streams(seed).get("random actor")
    return _Still(lambda env: RandomActor(int(env.action_space.n), rng))  # type: ignore[attr-defined]


def buffer_bytes_of(contestant: Contestant, world: World) -> int:
    """Return the bytes of a contestant's replay buffer in a world; 0 where it has none."""
    config = settings_of(contestant)
    if not isinstance(config, DQNConfig):
        return 0
    from dsrl_agent.baselines.replay_buffer import buffer_bytes
    from dsrl_agent.baselines.symbol_grid import SymbolGrid

    env: gym.Env[Any, Any] = training_env(world)
    space = (SymbolGrid(env) if config.sight == "symbols" else env).observation_space
    env.close()
    assert space.shape is not None
    return buffer_bytes(min(config.buffer, config.budget), space.shape)


def settings_of(contestant: Contestant) -> Settings | None:
    """Return a contestant's settings, checked.

    Raises:
        ConfigError: A key that is no setting, or a value that breaks its rule.
    """
    name, settings = contestant.name, contestant.settings
    if contestant.kind in _SETTINGS:
        try:
            return read_config(_SETTINGS[contestant.kind], settings, "settings.")
        except ConfigError as error:
            raise ConfigError(f"The contestant {name!r}: {error}") from error
    if settings:
        found = f"has settings {dict(settings)}, but {contestant.kind} takes none"
        raise ConfigError(f"The contestant {name!r} {found}.")
    return None


_SETTINGS: Mapping[str, type[Settings]] = {
    "agent": AgentConfig,
    "agent_on_true_facts": FactsConfig,
    "dqn": DQNConfig,
    "qrdqn": QRDQNConfig,
    "ppo": PPOConfig,
}
