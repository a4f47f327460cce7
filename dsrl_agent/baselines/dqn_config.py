"""The settings of DQN and of QR-DQN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dsrl_agent.baselines.learner_config import LearnerConfig
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class DQNConfig(LearnerConfig):
    """Stable-Baselines3's DQN; the defaults are its own (2.9), but for the buffer.

    Its buffer of 1,000,000 transitions is never full within the budgets here, so one as large as
    the budget behaves the same.

    Attributes:
        budget: Steps of the whole training, that the exploration's schedule is laid over.
        buffer: The most transitions remembered.
        learning_starts: Steps of random play before the first update.
        steps_per_round: Steps of all environments together between two rounds of updates.
        updates_per_round: Updates of a round; the update ratio is this / `steps_per_round`.
        target_update: Steps between two copies of the network to the target network.
        exploration_share: Share of the budget in which epsilon falls.
        final_epsilon: Where it falls to, from 1.
        n_steps: Rewards summed before the target network is asked.
    """

    name: ClassVar[str] = "dqn"

    envs: int = 4
    learning_rate: float = 1e-4
    batch: int = 32
    budget: int = 200_000
    buffer: int = 200_000
    learning_starts: int = 100
    steps_per_round: int = 4
    updates_per_round: int = 1
    target_update: int = 10_000
    exploration_share: float = 0.1
    final_epsilon: float = 0.05
    n_steps: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.learning_starts >= self.budget:
            raise ConfigError(
                f"{self.name}.budget is {self.budget}, but it must be more than "
                f"{self.name}.learning_starts, which is {self.learning_starts}: it would play at "
                "random to the end; give more steps."
            )
        if self.steps_per_round % self.envs:
            raise ConfigError(
                f"{self.name}.steps_per_round is {self.steps_per_round}, but it must be a multiple "
                f"of {self.name}.envs, which is {self.envs}: the environments step together."
            )


@dataclass(frozen=True)
class QRDQNConfig(DQNConfig):
    """sb3-contrib's QR-DQN (Dabney et al. 2018), a DQN that learns the returns' distribution.

    The defaults are its own (2.9), but for the buffer.

    Attributes:
        quantiles: Of the return, for each action.
    """

    name: ClassVar[str] = "qrdqn"

    learning_rate: float = 5e-5
    exploration_share: float = 0.005
    final_epsilon: float = 0.01
    quantiles: int = 200
