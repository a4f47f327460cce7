"""Train algorithms of Stable-Baselines3 in pieces, so that a stopped run can be resumed.

A piece of training depends only on the networks, the optimiser, the replay buffer and its own
number: it begins new episodes and draws from random streams of its own. A run resumed between two
pieces therefore equals an uninterrupted one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from stable_baselines3.common.base_class import BaseAlgorithm
from stable_baselines3.common.vec_env import DummyVecEnv

from dsrl_agent.baselines.settings import LearnerConfig
from dsrl_agent.baselines.symbol_grid import SymbolGrid, planes
from dsrl_agent.errors import ObservationError
from dsrl_agent.records import load_checkpoint, save_checkpoint
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

_LEAST_SIDE = 36  # pixels: the smallest side from which the network of Mnih et al. 2015 has output

Arrays = Mapping[str, Mapping[str, NDArray[Any]]]
MakeEnv = Callable[[], gym.Env[Any, Any]]


class SB3Learner:
    """An algorithm of Stable-Baselines3 that learns up to given numbers of steps.

    Subclasses take a function `make` for one environment to train in, and the device of the
    networks. The seed is that of networks, actions, replay and episodes.
    """

    model: BaseAlgorithm  # made by subclasses

    def __init__(self, config: LearnerConfig, seed: int) -> None:
        self.config = config
        self._streams = Streams(seed)
        self._pieces = 0

    @property
    def steps(self) -> int:
        """Steps taken, of all environments together."""
        return int(self.model.num_timesteps)

    def learn(self, until: int) -> None:
        """Play and learn until the total number of steps is `until`."""
        self._pieces += 1
        self._begin_piece()
        self.model._last_obs = None  # noqa: SLF001 - makes learn() reset the environments
        seed = self._streams.seed_for(f"{self.config.name} piece", self._pieces)
        self.model.set_random_seed(seed)
        steps, first = max(until - self.steps, 0), self._pieces == 1
        self.model.learn(steps, log_interval=10**9, reset_num_timesteps=first)

    def move(self, make: MakeEnv) -> None:
        """Continue training in other worlds, whose observations have the same shape."""
        self.model.set_env(self._vector(make))

    def actor(self, env: gym.Env[Any, Any]) -> GreedyActor:
        """Return the greedy policy as an actor.

        Raises:
            ObservationError: The environment's frames have another size than those of training.
        """
        actor = GreedyActor(self.model, self.config.sight == "symbols")
        actor.require_fit(env)
        return actor

    def size_bytes(self) -> int:
        """Return the bytes of all trained weights."""
        groups = self.model.policy.optimizer.param_groups
        return sum(4 * int(weights.numel()) for group in groups for weights in group["params"])

    def save(self, path: Path) -> None:
        """Write a checkpoint of all that the next piece depends on; refuse an existing folder."""
        optimiser = self.model.policy.optimizer.state_dict()
        moments = {
            f"{number}.{name}": value.detach().cpu().numpy()
            for number, state in optimiser["state"].items()
            for name, value in state.items()
        }
        weights = {k: v.detach().cpu().numpy() for k, v in self.model.policy.state_dict().items()}
        updates = self.model._n_updates  # noqa: SLF001 - SB3 has no door to it
        counts = {"pieces": self._pieces, "steps": self.steps, "updates": updates}
        more, counted = self._kept()
        arrays = {"policy": weights, "optimiser": moments, **more}
        save_checkpoint(path, arrays, {**counts, **counted})

    def load(self, path: Path) -> None:
        """Restore the checkpoint of `save`."""
        arrays, counts = load_checkpoint(path)
        policy = {name: torch.from_numpy(value) for name, value in arrays["policy"].items()}
        self.model.policy.load_state_dict(policy)
        optimiser = self.model.policy.optimizer.state_dict()
        for name, value in arrays["optimiser"].items():
            number, _, moment = name.partition(".")
            state = optimiser["state"].setdefault(int(number), {})
            state[moment] = torch.from_numpy(np.array(value))
        self.model.policy.optimizer.load_state_dict(optimiser)
        self._pieces = int(counts["pieces"])
        self.model.num_timesteps = int(counts["steps"])
        self.model._n_updates = int(counts["updates"])  # noqa: SLF001
        self._take(arrays, counts)

    def _begin_piece(self) -> None:
        """Prepare the replay buffer for new episodes."""

    def _kept(self) -> tuple[Arrays, Mapping[str, int]]:
        """Return further arrays and counts of a checkpoint."""
        return {}, {}

    def _take(self, arrays: Arrays, counts: Mapping[str, int]) -> None:
        """Restore the arrays and counts of `_kept`."""

    def _vector(self, make: MakeEnv) -> DummyVecEnv:
        symbols = self.config.sight == "symbols"

        def one() -> gym.Env[Any, Any]:
            env = make()
            if symbols:
                return SymbolGrid(env)
            assert env.observation_space.shape is not None
            if min(env.observation_space.shape[:2]) < _LEAST_SIDE:
                raise ObservationError(
                    f"The frames are {list(env.observation_space.shape)}, but the network takes "
                    f"at least {_LEAST_SIDE} pixels a side; give the world a larger `cell`."
                )
            return env

        return DummyVecEnv([one for _ in range(self.config.envs)])


class GreedyActor:
    """An actor that takes the action with the highest value, or the most probable one.

    With `symbols` it observes the true facts rather than the frame.
    """

    def __init__(self, model: BaseAlgorithm, symbols: bool) -> None:
        self._model = model
        self._symbols = symbols

    def begin(self) -> None:
        """Do nothing: no action depends on earlier frames."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Return the best action."""
        seen: NDArray[np.uint8] = planes(info["truth"]) if self._symbols else frame
        action, _ = self._model.predict(seen, deterministic=True)
        return int(action)

    def require_fit(self, env: gym.Env[Any, Any]) -> None:
        """Refuse worlds whose observations do not fit the network's input.

        Raises:
            ObservationError: Frames, or planes of symbols, have another size than in training.
        """
        seen, info = env.reset(seed=0)
        trained = self._model.observation_space.shape
        given = planes(info["truth"]) if self._symbols else np.moveaxis(seen, -1, 0)
        if given.shape != trained:
            name = type(self._model).__name__
            raise ObservationError(
                f"The observations are {list(given.shape)} (channels first), but this {name} was "
                f"trained with {list(trained or ())}: its network takes no other size."
            )
