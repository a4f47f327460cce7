"""Provide the Gymnasium vector environment of many worlds."""

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
from shapes_grid.batch import make_batch
from shapes_grid.buffers import Buffers
from shapes_grid.checks import require_bool, require_int
from shapes_grid.drawing.camera import make_camera
from shapes_grid.drawing.canvas import Frame, Scene
from shapes_grid.drawing.painters import make_painter
from shapes_grid.layouts import Layouts
from shapes_grid.rules import Rules
from shapes_grid.spec import WorldSpec, make_spec
from shapes_grid.truths import Truths

Flags = NDArray[np.bool_]
Seeds = int | Sequence[int | None] | None


class ShapesGridVectorEnv(VectorEnv[Frame, NDArray[np.int64], Any]):
    """`num_envs` worlds of one spec, stepped together.

    The trajectories equal those of `num_envs` single environments, world i seeded with `seed + i`.

    Args:
        num_envs: Number of worlds.
        spec: The worlds' spec; further keywords are fields of `WorldSpec` that replace its own.
        render_mode: Must be `None`.
        copy: Whether observations `uint8 [B, H, W, 3]` are fresh arrays. `False` hands out the live
            frames, several times as fast: they are valid until the next step or reset and must not
            be written to. Worlds with noise or shaking hand out fresh arrays in any case.
        autoreset_mode: `NEXT_STEP`: an episode that ended is reset by the next `step`, whose action
            is ignored there. `SAME_STEP`: it is reset at once, and `info["final_obs"]` and
            `info["final_info"]` hold the results of the last step.
    """

    # VectorEnv declares it as an instance's, so it cannot be a ClassVar.
    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": AutoresetMode.NEXT_STEP}  # noqa: RUF012

    def __init__(
        self,
        num_envs: int = 1,
        spec: WorldSpec | None = None,
        *,
        render_mode: str | None = None,
        copy: bool = True,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        **fields: Any,
    ) -> None:
        if render_mode is not None:
            raise ValueError(
                f"render_mode is {render_mode!r}, but it must be None: many worlds are not "
                'drawn together; make them with vectorization_mode="sync" instead.'
            )
        num_envs = require_int("num_envs", num_envs, 1)
        self._mode = _require_mode(autoreset_mode)
        self._copy = require_bool("copy", copy)
        self.metadata = {**self.metadata, "autoreset_mode": self._mode}
        self.world_spec = make_spec(spec, fields)
        self.num_envs = num_envs
        self.single_observation_space = spaces.Box(0, 255, self.world_spec.frame_shape, np.uint8)
        self.single_action_space = spaces.Discrete(len(self.world_spec.actions))
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        rules = Rules(self.world_spec)
        self._layouts = Layouts(self.world_spec)
        self._batch = make_batch(rules, num_envs)
        self._truths = Truths(rules)
        self._painter = make_painter(self.world_spec, num_envs)
        self._camera = make_camera(self.world_spec)
        self._buffers = Buffers(self._painter.frames.shape)
        self._rngs: list[np.random.Generator] = []
        self._ended: Flags | None = None

    def reset(
        self, *, seed: Seeds = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        """Begin an episode in every world; the options are as in `ShapesGridEnv`, for every world.

        World i takes `seed + i`; a list has one seed for each world. Where the seed is `None` a
        running stream goes on, as in a single environment.
        """
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
        self._begin(np.arange(self.num_envs), options)
        self._ended = np.zeros(self.num_envs, np.bool_)
        return self._observe(), {"truth": self._truths.of(self._batch), "_truth": ~self._ended}

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Frame, NDArray[np.float64], Flags, Flags, dict[str, Any]]:
        """Step every world; see the class for worlds whose episode has ended.

        Raises:
            InvalidAction: The actions are not one whole number in range for each world.
            ResetNeeded: No episode has begun.
        """
        if self._ended is None:
            raise ResetNeeded("No episode has begun; call reset() first.")
        chosen = require_actions(actions, self.num_envs, self.world_spec.actions)
        ended = self._ended
        outcome = self._batch.step(chosen)
        self._paint(*outcome.changed)
        restarted = np.flatnonzero(ended)
        self._begin(restarted)
        for of_step in outcome[:3]:  # a restarted world took no step
            of_step[restarted] = 0
        over = outcome.terminated | outcome.truncated
        info: dict[str, Any] = {}
        if self._mode == AutoresetMode.SAME_STEP:
            if over.any():
                info = self._final(over)
                self._begin(np.flatnonzero(over))
        else:
            self._ended = over
        info |= {"truth": self._truths.of(self._batch), "_truth": np.ones(self.num_envs, np.bool_)}
        return self._observe(), outcome.rewards, outcome.terminated, outcome.truncated, info

    def _begin(self, worlds: NDArray[np.intp], options: dict[str, Any] | None = None) -> None:
        if not len(worlds):
            return
        layouts, rngs = self._layouts, [self._rngs[index] for index in worlds.tolist()]
        if options is None:
            starts = [layouts.draw(rng) for rng in rngs]
        else:
            starts = [layouts.given(options, rng) or layouts.draw(rng) for rng in rngs]
        self._paint(*self._batch.begin(worlds, starts))

    def _paint(self, worlds: NDArray[np.intp], places: NDArray[np.intp]) -> None:
        batch = self._batch
        scene = Scene(batch.cells, batch.appearances, batch.agents, batch.headings)
        self._painter.paint(scene, worlds, places)

    def _final(self, over: Flags) -> dict[str, Any]:
        """Return the last results of ended episodes, in the form of Gymnasium's vectors."""
        observations = np.full(self.num_envs, None, object)
        frames = self._painter.frames[over]
        if self._camera is not None:
            frames = self._camera.capture(frames, self._batch.seeds[over], self._batch.steps[over])
        for index, frame in zip(np.flatnonzero(over).tolist(), frames, strict=True):
            observations[index] = frame
        final = {"truth": self._truths.of(self._batch, over), "_truth": over.copy()}
        results = {"final_obs": observations, "final_info": final}
        return {**results, "_final_obs": over.copy(), "_final_info": over.copy()}

    def _observe(self) -> Frame:
        if self._camera is not None:
            return self._camera.capture(self._painter.frames, self._batch.seeds, self._batch.steps)
        if not self._copy:
            return self._painter.frames
        observations = self._buffers.take()
        np.copyto(observations, self._painter.frames)
        return observations


def _require_mode(mode: object) -> AutoresetMode:
    modes = (AutoresetMode.NEXT_STEP, AutoresetMode.SAME_STEP)
    try:
        found = AutoresetMode(mode)
    except ValueError:
        found = AutoresetMode.DISABLED
    if found not in modes:
        known = ", ".join(f'"{known.value}"' for known in modes)
        raise ValueError(f"autoreset_mode is {mode!r}, but it must be one of {known}.")
    return found
