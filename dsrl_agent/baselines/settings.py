"""Define and check the settings of the learners from Stable-Baselines3, without importing torch.

A wrong value is refused before anything is allocated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal, get_args, get_type_hints

from dsrl_agent.errors import ConfigError

Observed = Literal["pixels", "symbols"]
Network = Literal["nature", "small"]


@dataclass(frozen=True)
class LearnerConfig:
    """Settings that mean the same for every learner.

    The type of a setting gives its rule, in subclasses too: one of the choices, a whole number
    from 1, or a number from 0 to 1.

    Attributes:
        name: Name of the learner in errors.
        envs: Environments played at once.
        learning_rate: Learning rate of Adam.
        batch: Transitions per update.
        sight: `pixels`: the frames; `symbols`: the true facts, a plane of 0 and 1 for every type
            and one for the agent, which takes perception out of the comparison.
        network: `nature` (Mnih et al. 2015) or `small`, three 3 x 3 convolutions, the first of
            stride 3. Symbols have a network of their own, without strides.
        features: Units of the hidden layer behind the convolutions.
        discount: gamma.
    """

    name: ClassVar[str]

    envs: int
    learning_rate: float
    batch: int
    sight: Observed = "pixels"
    network: Network = "nature"
    features: int = 512
    discount: float = 0.99

    def __post_init__(self) -> None:
        types = get_type_hints(type(self))
        for field in fields(self):
            self._require(field.name, types[field.name])

    def _require(self, setting: str, of: Any) -> None:
        """Refuse a value that is not of the setting's type."""
        value = getattr(self, setting)
        if of is int:
            right = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            rule = "a whole number from 1"
        elif of is float:
            number = isinstance(value, int | float) and math.isfinite(value)
            right, rule = number and 0 <= value <= 1, "a number from 0 to 1"
        else:
            right, rule = value in get_args(of), f"one of {', '.join(get_args(of))}"
        if not right:
            raise ConfigError(f"{self.name}.{setting} is {value!r}, but it must be {rule}.")


@dataclass(frozen=True)
class DQNConfig(LearnerConfig):
    """Settings of Stable-Baselines3's DQN; the defaults are its own (2.9), except `buffer`.

    Its buffer of 1,000,000 transitions is never full within the budgets here. A buffer as large
    as the budget behaves the same.

    Attributes:
        budget: Steps of the whole training, over which the exploration schedule runs.
        buffer: Capacity of the replay buffer in transitions.
        learning_starts: Steps of random play before the first update.
        steps_per_round: Steps of all environments together between two rounds of updates.
        updates_per_round: Updates of a round; the update ratio is this / `steps_per_round`.
        target_update: Steps between two copies of the network to the target network.
        exploration_share: Share of the budget in which epsilon falls from 1.
        final_epsilon: Epsilon after that.
        n_steps: Rewards summed before the bootstrap from the target network.
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
    """Settings of sb3-contrib's QR-DQN (Dabney et al. 2018), which learns quantiles of the return.

    The defaults are its own (2.9), except `buffer`.

    Attributes:
        quantiles: Quantiles of the return for each action.
    """

    name: ClassVar[str] = "qrdqn"

    learning_rate: float = 5e-5
    exploration_share: float = 0.005
    final_epsilon: float = 0.01
    quantiles: int = 200


@dataclass(frozen=True)
class PPOConfig(LearnerConfig):
    """Settings of Stable-Baselines3's PPO; the defaults are its own (2.9), with three exceptions.

    These are `envs`, `rollout` and `batch`: PPO learns from whole rollouts alone, and rollouts of
    its own 2,048 steps end at no round number of steps.

    Attributes:
        rollout: Steps of all environments together between two rounds of updates.
        epochs: Passes over the rollout in a round of updates.
        gae_lambda: lambda of the generalised advantage estimator (Schulman et al. 2016).
        entropy: Weight of the policy's entropy in the loss.
        clip_range: Distance from 1 at which the ratio of new to old probability is clipped.
    """

    name: ClassVar[str] = "ppo"

    envs: int = 8
    learning_rate: float = 3e-4
    batch: int = 50
    rollout: int = 2000
    epochs: int = 10
    gae_lambda: float = 0.95
    entropy: float = 0.0
    clip_range: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.batch < 2:
            raise ConfigError(
                f"{self.name}.batch is {self.batch}, but it must be at least 2: advantages are "
                "judged by their spread in the batch."
            )
        for setting, why in (
            ("envs", "the environments step together"),
            ("batch", "each update is to have a whole batch"),
        ):
            if self.rollout % getattr(self, setting):
                raise ConfigError(
                    f"{self.name}.rollout is {self.rollout}, but it must be a multiple of "
                    f"{self.name}.{setting}, which is {getattr(self, setting)}: {why}."
                )
