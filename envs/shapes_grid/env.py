"""The Gymnasium environment of one world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from shapes_grid.actions import require_action
from shapes_grid.board import to_text
from shapes_grid.draw import Frame, Painter
from shapes_grid.layouts import draw_layout
from shapes_grid.spec import WorldSpec, make_spec, start_spec
from shapes_grid.world import ACTIONS, World

if TYPE_CHECKING:
    from shapes_grid.window import Window

RENDER_MODES = ("human", "rgb_array", "ansi")
_RENDER_SIDE = 400  # pixels that the longer side of a small world's rendered frame comes close to


class ShapesGridEnv(gym.Env[Frame, np.int64]):
    """A grid of shapes seen as pixels: touch the good ones, keep clear of the bad ones.

    ## Description
    An agent `+` walks a grid of cells. Walking onto an object touches it: the object vanishes and
    gives its reward. Nothing else moves. By default four circles (-1) and four crosses (+1) stand
    at random on 5 x 5 cells (the mixed, random variant of Garnelo et al. 2016, arXiv 1609.05518).

    ## Action space
    `Discrete(4)`: 0 left, 1 right, 2 up, 3 down; the edge of the grid stops the agent.

    ## Observation space
    `Box(0, 255, (height, width, 3), uint8)`: the picture, antialiased, dark background. The
    default is 50 x 50: cells of 9 pixels and uneven borders. Each observation is a fresh array.

    ## Rewards
    The touched object's worth from `rewards`, less `step_cost`.

    ## Ending
    Terminated when every object with a positive reward is gone (never in worlds that start with
    none); truncated when `step_limit` steps were taken and the episode has not terminated.

    ## Info
    `info["truth"]`, for evaluation only: `cells` (int8 [rows, cols], 0 for empty, `i + 1` for
    `kinds[i]`), `agent` (row, column), `kinds`, their `rewards`, `moves` ((rows, columns) of each
    action), `step_cost` and `steps_left`.

    ## Arguments
    Every field of `shapes_grid.WorldSpec`, and `render_mode`: `"human"` (a window), `"rgb_array"`
    (about 400 pixels on the longer side, or as many as the observation has if those are more) or
    `"ansi"` (an ASCII board).

    ## Reset
    `reset(options={"board": "o.x\\n.+."})` begins from a board instead of drawing a world.

    ## Versions
    v0: first version.
    """

    # gym.Env declares it as an instance's, so it cannot be a ClassVar.
    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 8}  # noqa: RUF012

    def __init__(
        self, spec: WorldSpec | None = None, *, render_mode: str | None = None, **fields: Any
    ) -> None:
        if render_mode is not None and render_mode not in RENDER_MODES:
            raise ValueError(
                f"render_mode is {render_mode!r}, but it must be None or one of "
                + ", ".join(f'"{mode}"' for mode in RENDER_MODES)
                + "."
            )
        self.world_spec = make_spec(spec, fields)
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(len(ACTIONS))
        self.observation_space = spaces.Box(0, 255, self.world_spec.frame_shape, np.uint8)
        self._world = World(self.world_spec, 1)
        self._painter = Painter(self.world_spec, 1)
        self._large: Painter | None = None
        self._window: Window | None = None
        self._begun = False
        self._running = False

    @property
    def split(self) -> str:
        """The split this environment draws from: evaluation asks for the other one."""
        return self.world_spec.split

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        """Begin an episode; see the class for `options`."""
        super().reset(seed=seed)
        start = draw_layout(start_spec(self.world_spec, options), self.np_random)
        self._world.place(0, *start)
        self._begun = self._running = True
        return self._observe()

    def step(self, action: Any) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        """Take one of the four actions.

        Raises:
            InvalidAction: The action is no whole number from 0 to 3.
            ResetNeeded: The episode has ended or has not begun.
        """
        if not self._running:
            raise ResetNeeded("The episode has ended or has not begun; call reset() first.")
        outcome = self._world.step(np.array([require_action(action)], np.intp))
        terminated, truncated = bool(outcome.terminated[0]), bool(outcome.truncated[0])
        self._running = not (terminated or truncated)
        frame, info = self._observe()
        return frame, float(outcome.rewards[0]), terminated, truncated, info

    def render(self) -> Any:
        """Draw the world for a person, as `render_mode` says.

        Raises:
            ResetNeeded: There is no world to draw yet.
        """
        if not self._begun:
            raise ResetNeeded(
                "No episode has begun, so there is nothing to draw; call reset() first."
            )
        if self.render_mode == "ansi":
            agent = self._world.agents[0] if self.world_spec.agent else None
            return to_text(self._world.cells[0], agent, self.world_spec.kinds)
        if self.render_mode == "rgb_array":
            return self._draw_large()
        if self.render_mode == "human":
            self._show()
        return None

    def close(self) -> None:
        """Close the window, if one is open."""
        if self._window is not None:
            self._window.close()
            self._window = None

    def _observe(self) -> tuple[Frame, dict[str, Any]]:
        if self.render_mode == "human":
            self._show()
        return self._painter.update(self._world)[0].copy(), {"truth": self._world.truth(0)}

    def _draw_large(self) -> Frame:
        if self._large is None:
            spec = self.world_spec
            # Never smaller than the observation, however large that is.
            cell = max(spec.cell, _RENDER_SIDE * spec.cell // max(spec.frame_shape))
            self._large = Painter(spec, 1, cell=cell, lines=True)
        frame: Frame = self._large.update(self._world)[0].copy()
        return frame

    def _show(self) -> None:
        if self._window is None:
            from shapes_grid.window import Window  # pygame, only when a window is wanted

            self._window = Window("shapes_grid", self.metadata["render_fps"])
        self._window.show(self._draw_large())
