"""Many worlds behind one Gymnasium vector environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from shapes_grid.actions import require_actions
from shapes_grid.checks import require_int
from shapes_grid.draw import Frame, Painter
from shapes_grid.layouts import draw_layout
from shapes_grid.spec import WorldSpec, make_spec, start_spec
from shapes_grid.world import ACTIONS, World


class ShapesGridVectorEnv(VectorEnv[Frame, NDArray[np.int64], Any]):
    """`num_envs` worlds of one spec, stepped together.

    It gives the trajectories that `num_envs` single environments give, world i seeded with
    `seed + i`. An episode that ends is reset by the next `step`, whose action is ignored there
    (`AutoresetMode.NEXT_STEP`). Observations are fresh arrays `uint8 [B, H, W, 3]`.

    Args:
        num_envs: How many worlds.
        spec: Their spec; further keywords are fields of `WorldSpec` that replace its own.
        render_mode: Only `None`.
    """

    # VectorEnv declares it as an instance's, so it cannot be a ClassVar.
    metadata: dict[str, Any] = {  # noqa: RUF012
        "render_modes": [],
        "autoreset_mode": AutoresetMode.NEXT_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        spec: WorldSpec | None = None,
        *,
        render_mode: str | None = None,
        **fields: Any,
    ) -> None:
        if render_mode is not None:
            raise ValueError(
                f"render_mode is {render_mode!r}, but it must be None: many worlds are not "
                'drawn together; make them with vectorization_mode="sync" instead.'
            )
        num_envs = require_int("num_envs", num_envs, 1)
        self.world_spec = make_spec(spec, fields)
        self.num_envs = num_envs
        self.single_observation_space = spaces.Box(0, 255, self.world_spec.frame_shape, np.uint8)
        self.single_action_space = spaces.Discrete(len(ACTIONS))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._world = World(self.world_spec, num_envs)
        self._painter = Painter(self.world_spec, num_envs)
        self._rngs: list[np.random.Generator] = []
        self._ended: NDArray[np.bool_] | None = None

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Frame, dict[str, Any]]:
        """Begin an episode in every world.

        Args:
            seed: World i takes `seed + i`; a list has one seed for each world. Where the seed is
                `None` a running stream goes on, as in a single environment.
            options: As in `ShapesGridEnv`, for every world.
        """
        start = start_spec(self.world_spec, options)
        if isinstance(seed, Sequence):
            if len(seed) != self.num_envs:
                raise ValueError(
                    f"seed is {seed!r}, but it must be one seed for each of {self.num_envs} worlds."
                )
            seeds = list(seed)
        else:
            seeds = [None if seed is None else seed + i for i in range(self.num_envs)]
        running = bool(self._rngs)
        self._rngs = [
            self._rngs[i] if running and one is None else gym.utils.seeding.np_random(one)[0]
            for i, one in enumerate(seeds)
        ]
        self._start(np.ones(self.num_envs, np.bool_), start)
        self._ended = np.zeros(self.num_envs, np.bool_)
        return self._observe()

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Frame, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Step every running world with its action and reset every ended one.

        Raises:
            InvalidAction: The actions are no whole numbers from 0 to 3, one for each world.
            ResetNeeded: No episode has begun.
        """
        if self._ended is None:
            raise ResetNeeded("No episode has begun; call reset() first.")
        ended = self._ended
        outcome = self._world.step(require_actions(actions, self.num_envs), ~ended)
        self._start(ended, self.world_spec)
        self._ended = outcome.terminated | outcome.truncated
        frames, info = self._observe()
        return frames, outcome.rewards, outcome.terminated, outcome.truncated, info

    def _start(self, which: NDArray[np.bool_], spec: WorldSpec) -> None:
        for index in np.flatnonzero(which):
            self._world.place(int(index), *draw_layout(spec, self._rngs[index]))

    def _observe(self) -> tuple[Frame, dict[str, Any]]:
        info: dict[str, Any] = {}
        for index in range(self.num_envs):
            info = self._add_info(info, {"truth": self._world.truth(index)}, index)
        return self._painter.update(self._world).copy(), info
