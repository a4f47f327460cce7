"""Train Stable-Baselines3's PPO as a contestant."""

from __future__ import annotations

import numpy as np
from stable_baselines3 import PPO

from dsrl_agent.baselines.available import require_memory
from dsrl_agent.baselines.networks import policy_of
from dsrl_agent.baselines.sb3 import MakeEnv, SB3Learner
from dsrl_agent.baselines.settings import PPOConfig
from dsrl_agent.records.reading import free_memory

_COPIES = 2  # of every frame: one in order of play, one in order of the batches


class PPOLearner(SB3Learner):
    """A PPO that learns up to given numbers of steps.

    PPO learns from whole rollouts: `learn` continues to the first end of a rollout at or after
    the given number, and `steps` counts all steps taken. The benchmark refuses measurements
    between ends of rollouts. Only the networks and the optimiser outlive a rollout.

    Raises:
        ConfigError: A rollout does not fit into memory.
        ObservationError: The frames are too small for the network.
    """

    model: PPO

    def __init__(self, make: MakeEnv, config: PPOConfig, seed: int, device: str = "cpu") -> None:
        super().__init__(config, seed)
        envs = self._vector(make)
        shape = envs.observation_space.shape or ()
        require_memory(
            _COPIES * config.rollout * int(np.prod(shape)),
            free_memory(),
            f"A rollout of {config.rollout:,} steps of frames {list(shape)}",
            "set ppo.rollout to fewer steps, or take smaller frames.",
        )
        name, keywords = policy_of(config.network, config.features, config.sight == "symbols")
        self.model = PPO(
            name,
            envs,
            learning_rate=config.learning_rate,
            n_steps=config.rollout // config.envs,
            batch_size=config.batch,
            n_epochs=config.epochs,
            gamma=config.discount,
            gae_lambda=config.gae_lambda,
            ent_coef=config.entropy,
            clip_range=config.clip_range,
            policy_kwargs=keywords,
            seed=self._streams.seed_for(config.name, 0),
            device=device,
        )
