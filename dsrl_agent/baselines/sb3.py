"""What the contestants from Stable-Baselines3 share: they learn in pieces, each taken up again.

A piece depends on the networks, the optimiser, what is remembered and its own number alone: it
begins new episodes and draws from streams of its own. So a run that was stopped between two pieces
goes on as if it had not been.
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

from dsrl_agent.baselines.learner_config import LearnerConfig
from dsrl_agent.baselines.symbol_grid import SymbolGrid, planes
from dsrl_agent.errors import ObservationError
from dsrl_agent.records import load_checkpoint, save_checkpoint
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

_LEAST_SIDE = 36  # pixels, that the convolutions of Mnih et al. 2015 leave anything of

Arrays = Mapping[str, Mapping[str, NDArray[Any]]]
MakeEnv = Callable[[], gym.Env[Any, Any]]


class SB3Learner:
    """An algorithm of Stable-Baselines3 that learns up to given numbers of steps.

    Attributes:
        config: Its settings.
        model: The algorithm; subclasses make it.
    """

    model: BaseAlgorithm

    def __init__(self, config: LearnerConfig, seed: int) -> None:
        self.config = config
        self._streams = Streams(seed)
        self._pieces = 0

    @property
    def steps(self) -> int:
        """Steps taken of all environments together."""
        return int(self.model.num_timesteps)

    def learn(self, until: int) -> None:
        """Play and learn until so many steps have been taken in all."""
        self._pieces += 1
        self._begin_piece()
        self.model._last_obs = None  # so that it resets the environments
        self.model.set_random_seed(
            self._streams.seed_for(f"{self.config.name} piece", self._pieces)
        )
        self.model.learn(
            max(until - self.steps, 0), log_interval=10**9, reset_num_timesteps=self._pieces == 1
        )

    def move(self, make: MakeEnv) -> None:
        """Go on in other worlds of the same kind."""
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
        """Return the bytes of all that gradients change."""
        groups = self.model.policy.optimizer.param_groups
        return sum(4 * int(weights.numel()) for group in groups for weights in group["params"])

    def save(self, path: Path) -> None:
        """Write everything that the next piece depends on; an existing folder is refused."""
        optimiser = self.model.policy.optimizer.state_dict()
        moments = {
            f"{number}.{name}": value.detach().cpu().numpy()
            for number, state in optimiser["state"].items()
            for name, value in state.items()
        }
        weights = {k: v.detach().cpu().numpy() for k, v in self.model.policy.state_dict().items()}
        counts = {"pieces": self._pieces, "steps": self.steps, "updates": self.model._n_updates}
        more, counted = self._kept()
        arrays = {"policy": weights, "optimiser": moments, **more}
        save_checkpoint(path, arrays, {**counts, **counted})

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
        self._pieces = int(counts["pieces"])
        self.model.num_timesteps = int(counts["steps"])
        self.model._n_updates = int(counts["updates"])
        self._take(arrays, counts)

    def _begin_piece(self) -> None:
        """Prepare what is remembered for new episodes."""

    def _kept(self) -> tuple[Arrays, Mapping[str, int]]:
        """Return what outlives a piece besides the networks and the optimiser."""
        return {}, {}

    def _take(self, arrays: Arrays, counts: Mapping[str, int]) -> None:
        """Take what `_kept` gave."""

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
    """What was learned, as an actor that takes the action rated best, or most probable.

    Args:
        model: The algorithm.
        symbols: Whether it is given the true facts rather than the frame.
    """

    def __init__(self, model: BaseAlgorithm, symbols: bool) -> None:
        self._model = model
        self._symbols = symbols

    def begin(self) -> None:
        """Do nothing: each frame is judged alone."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Return the best action."""
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
            name = type(self._model).__name__
            raise ObservationError(
                f"The observations are {list(given.shape)} (channels first), but this {name} was "
                f"trained with {list(trained or ())}: its network takes no other size."
            )
