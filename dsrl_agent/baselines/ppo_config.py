"""The settings of PPO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dsrl_agent.baselines.learner_config import LearnerConfig
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class PPOConfig(LearnerConfig):
    """Stable-Baselines3's PPO; the defaults are its own (2.9), but for envs, rollout and batch.

    It learns from whole rollouts alone, and its own of 2,048 steps end at no round number of them.

    Attributes:
        rollout: Steps of all environments together between two rounds of updates.
        epochs: How often a round goes through its rollout.
        gae_lambda: Of the generalised advantage estimator (Schulman et al. 2016).
        entropy: The weight of the policy's entropy in the loss.
        clip_range: How far the ratio of new to old probability may be from 1 before it is clipped.
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
