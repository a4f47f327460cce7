"""The settings of the DQN baselines, checked before anything is allocated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from dsrl_agent.errors import ConfigError

Sight = Literal["pixels", "symbols"]
Network = Literal["nature", "small"]


@dataclass(frozen=True)
class DQNConfig:
    """Stable-Baselines3's DQN; the defaults are its own (2.9), but for the buffer.

    Its buffer of 1,000,000 transitions is never full within the budgets here, so one as large as
    the budget behaves the same.

    Attributes:
        sight: `pixels`: the frames; `symbols`: the true facts, a plane of 0 and 1 for every kind
            and one for the agent, which takes perception out of the comparison.
        network: `nature` (Mnih et al. 2015) or `small`, three 3 x 3 convolutions that begin at
            stride 3; symbols have a network of their own, in which nothing is strided.
        features: Units of the hidden layer behind the convolutions.
        budget: Steps of the whole training, that the exploration's schedule is laid over.
        envs: Environments played at once.
        learning_rate: Adam's.
        buffer: The most transitions remembered.
        learning_starts: Steps of random play before the first update.
        batch: Transitions per update.
        discount: gamma.
        steps_per_round: Steps of all environments together between two rounds of updates.
        updates_per_round: Updates of a round; the update ratio is this / `steps_per_round`.
        target_update: Steps between two copies of the network to the target network.
        exploration_share: Share of the budget in which epsilon falls.
        final_epsilon: Where it falls to, from 1.
        n_steps: Rewards summed before the target network is asked.
    """

    sight: Sight = "pixels"
    network: Network = "nature"
    features: int = 512
    budget: int = 200_000
    envs: int = 4
    learning_rate: float = 1e-4
    buffer: int = 200_000
    learning_starts: int = 100
    batch: int = 32
    discount: float = 0.99
    steps_per_round: int = 4
    updates_per_round: int = 1
    target_update: int = 10_000
    exploration_share: float = 0.1
    final_epsilon: float = 0.05
    n_steps: int = 1

    def __post_init__(self) -> None:
        for name, choices in (("sight", get_args(Sight)), ("network", get_args(Network))):
            if getattr(self, name) not in choices:
                raise ConfigError(
                    f"dqn.{name} is {getattr(self, name)!r}, but it must be one of "
                    f"{', '.join(choices)}."
                )
        for name in _COUNTS:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ConfigError(f"dqn.{name} is {value!r}, but it must be a whole number from 1.")
        for name in ("learning_rate", "discount", "exploration_share", "final_epsilon"):
            value = getattr(self, name)
            number = isinstance(value, int | float) and math.isfinite(value)
            if not number or not 0 <= value <= 1:
                raise ConfigError(f"dqn.{name} is {value!r}, but it must be a number from 0 to 1.")
        if self.learning_starts >= self.budget:
            raise ConfigError(
                f"dqn.budget is {self.budget}, but it must be more than dqn.learning_starts, which "
                f"is {self.learning_starts}: DQN would play at random to the end; give more steps."
            )
        if self.steps_per_round % self.envs:
            raise ConfigError(
                f"dqn.steps_per_round is {self.steps_per_round}, but it must be a multiple of "
                f"dqn.envs, which is {self.envs}: the environments step together."
            )


_COUNTS = (
    "features", "budget", "envs", "buffer", "learning_starts", "batch", "steps_per_round",
    "updates_per_round", "target_update", "n_steps",
)  # fmt: skip
