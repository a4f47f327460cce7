"""Stable-Baselines3's DQN as a contestant: learns in pieces, and each piece can be taken up again.

A piece depends on the networks, the optimiser, the buffer and its own number alone: it begins new
episodes and draws from streams of its own. So a run that was stopped between two pieces goes on as
if it had not been.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3 import DQN
from stable_baselines3.common.vec_env import DummyVecEnv

from dsrl_agent.baselines.dqn_config import DQNConfig
from dsrl_agent.baselines.dqn_networks import policy_of
from dsrl_agent.baselines.frame_buffer import FrameBuffer
from dsrl_agent.baselines.symbol_grid import SymbolGrid, planes
from dsrl_agent.errors import ObservationError
from dsrl_agent.records import load_checkpoint, save_checkpoint
from dsrl_agent.streams import Streams
from dsrl_agent.types import Frame

_LEAST_SIDE = 36  # pixels, that the convolutions of Mnih et al. 2015 leave anything of

MakeEnv = Callable[[], gym.Env[Any, Any]]


class DQNLearner:
    """A DQN that learns up to given numbers of steps.

    Args:
        make: Makes one environment to train in.
        config: Its settings.
        seed: Seeds everything.

    Raises:
        ConfigError: The replay buffer does not fit into memory.
        ObservationError: The frames are too small for the network.
    """

    def __init__(self, make: MakeEnv, config: DQNConfig, seed: int) -> None:
        self.config = config
        self._streams = Streams(seed)
        self._pieces = 0
        envs = self._vector(make)
        name, keywords = policy_of(config.network, config.features, config.sight == "symbols")
        self._buffer_of = {"n_steps": config.n_steps, "gamma": config.discount}
        self.model = DQN(
            name,
            envs,
            learning_rate=config.learning_rate,
            buffer_size=min(config.buffer, config.budget),
            learning_starts=config.learning_starts,
            batch_size=config.batch,
            gamma=config.discount,
            train_freq=config.steps_per_round // config.envs,
            gradient_steps=config.updates_per_round,
            replay_buffer_class=FrameBuffer,
            replay_buffer_kwargs=self._buffer_of,
            target_update_interval=config.target_update,
            policy_kwargs={**keywords, "optimizer_kwargs": {"fused": True}},  # a tenth faster
            seed=self._streams.seed_for("dqn", 0),
            device="cpu",
        )
        # By its own steps: Stable-Baselines3 lays the schedule over each call of learn().
        self.model.exploration_schedule = lambda _: self._epsilon()

    @property
    def steps(self) -> int:
        """Steps taken of all environments together."""
        return int(self.model.num_timesteps)

    def learn(self, until: int) -> None:
        """Play and learn until so many steps have been taken in all."""
        self._pieces += 1
        self._buffer.begin_piece(self._streams.get(f"replay, piece {self._pieces}"))
        self.model._last_obs = None  # so that it resets the environments
        self.model.set_random_seed(self._streams.seed_for("dqn piece", self._pieces))
        self.model.learn(
            max(until - self.steps, 0), log_interval=10**9, reset_num_timesteps=self._pieces == 1
        )

    def move(self, make: MakeEnv) -> None:
        """Go on in other worlds of the same kind."""
        self.model.set_env(self._vector(make))

    def actor(self, env: gym.Env[Any, Any]) -> DQNActor:
        """Return the greedy policy as an actor.

        Raises:
            ObservationError: The environment's frames have another size than those of training.
        """
        actor = DQNActor(self.model, self.config.sight == "symbols")
        actor.require_fit(env)
        return actor

    def size_bytes(self) -> int:
        """Return the bytes of the network's parameters."""
        return 4 * sum(weights.numel() for weights in self.model.q_net.parameters())

    def save(self, path: Path) -> None:
        """Write everything that the next piece depends on; an existing folder is refused."""
        optimiser = self.model.policy.optimizer.state_dict()
        moments = {
            f"{number}.{name}": value.detach().numpy()
            for number, state in optimiser["state"].items()
            for name, value in state.items()
        }
        weights = {k: v.detach().numpy() for k, v in self.model.policy.state_dict().items()}
        counts = {
            "pieces": self._pieces,
            "steps": self.steps,
            "updates": self.model._n_updates,
            "calls": self.model._n_calls,
        }
        arrays = {"policy": weights, "optimiser": moments, **self._buffer.arrays()}
        save_checkpoint(path, arrays, counts)

    def load(self, path: Path) -> None:
        """Take what `save` wrote."""
        arrays, counts = load_checkpoint(path)
        policy = {name: torch.from_numpy(value) for name, value in arrays["policy"].items()}
        self.model.policy.load_state_dict(policy)
        optimiser = self.model.policy.optimizer.state_dict()
        for name, value in arrays["optimiser"].items():
            number, _, moment = name.partition(".")
            state = optimiser["state"].setdefault(int(number), {})
            state[moment] = torch.from_numpy(np.array(value))
        self.model.policy.optimizer.load_state_dict(optimiser)
        self._buffer.load({k: v for k, v in arrays.items() if k.startswith("ring-")})
        self._pieces = int(counts["pieces"])
        self.model.num_timesteps = int(counts["steps"])
        self.model._n_updates = int(counts["updates"])
        self.model._n_calls = int(counts["calls"])

    @property
    def _buffer(self) -> FrameBuffer:
        buffer = self.model.replay_buffer
        assert isinstance(buffer, FrameBuffer)
        return buffer

    def _epsilon(self) -> float:
        falls = self.config.exploration_share * self.config.budget
        share = min(1.0, self.steps / falls) if falls else 1.0
        return 1.0 + share * (self.config.final_epsilon - 1.0)

    def _vector(self, make: MakeEnv) -> DummyVecEnv:
        symbols = self.config.sight == "symbols"

        def one() -> gym.Env[Any, Any]:
            env = make()
            if symbols:
                return SymbolGrid(env)
            assert env.observation_space.shape is not None
            if min(env.observation_space.shape[:2]) < _LEAST_SIDE:
                raise ObservationError(
                    f"The frames are {list(env.observation_space.shape)}, but DQN's network takes "
                    f"at least {_LEAST_SIDE} pixels a side; give the world a larger `cell`."
                )
            return env

        return DummyVecEnv([one for _ in range(self.config.envs)])


class DQNActor:
    """A trained DQN that acts greedily.

    Args:
        model: The DQN.
        symbols: Whether it is given the true facts rather than the frame.
    """

    def __init__(self, model: DQN, symbols: bool) -> None:
        self._model = model
        self._symbols = symbols

    def begin(self) -> None:
        """Do nothing: each frame is judged alone."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Return the action rated best."""
        seen: NDArray[np.uint8] = planes(info["truth"]) if self._symbols else frame
        action, _ = self._model.predict(seen, deterministic=True)
        return int(action)

    def require_fit(self, env: gym.Env[Any, Any]) -> None:
        """Refuse worlds that the network's input does not fit.

        Raises:
            ObservationError: Their frames, or their planes of symbols, have another size.
        """
        seen, info = env.reset(seed=0)
        trained = self._model.observation_space.shape
        given = planes(info["truth"]) if self._symbols else np.moveaxis(seen, -1, 0)
        if given.shape != trained:
            raise ObservationError(
                f"The observations are {list(given.shape)} (channels first), but this DQN was "
                f"trained with {list(trained or ())}: its network takes no other size."
            )
