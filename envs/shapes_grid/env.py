"""Provide the Gymnasium environment of one world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded

from shapes_grid.actions import require_action
from shapes_grid.board import to_text
from shapes_grid.drawing.camera import make_camera
from shapes_grid.drawing.canvas import Frame, Painter
from shapes_grid.drawing.legend import keys_to_action, legend
from shapes_grid.drawing.painters import make_painter
from shapes_grid.editing import Editor
from shapes_grid.layouts import Layouts
from shapes_grid.rules import Episode, Rules
from shapes_grid.solver import Solution, solve
from shapes_grid.spec import WorldSpec, make_spec

if TYPE_CHECKING:
    from shapes_grid.drawing.window import Window

RENDER_MODES = ("human", "rgb_array", "ansi")
_RENDER_SIDE = 400  # approximate longer side of a small world's rendered frame, in pixels


class ShapesGridEnv(gym.Env[Frame, np.int64]):
    """A grid of shapes seen as pixels: touch the good ones, keep clear of the bad ones.

    ## Description
    An agent `+` walks a grid of cells. Walking onto an object touches it: the object vanishes and
    gives its reward. By default four circles (-1) and four crosses (+1) stand at random on 5 x 5
    cells (the mixed, random variant of Garnelo et al. 2016, arXiv 1609.05518). Worlds may also have
    walls, boxes to push, keys and doors, switches and gates, lethal objects and objects that walk:
    `roles` and `movers` of `WorldSpec` define their effects.

    ## Action space
    `Discrete(4)`: 0 left, 1 right, 2 up, 3 down; the edge of the grid stops the agent. With
    `controls="heading"` `Discrete(3)`: 0 turn left, 1 turn right, 2 forward.

    ## Observation space
    `Box(0, 255, (height, width, 3), uint8)`: the picture, antialiased, dark background. The
    default is 50 x 50: cells of 9 pixels and uneven borders. Each observation is a fresh array.
    Colours, sizes, offsets, texture, noise and shaking are fields of `WorldSpec`.

    ## Rewards
    The touched object's entry in `rewards`, minus `step_cost`.

    ## Ending
    Terminated when every object with a positive reward is gone (never in worlds that start with
    none) or a lethal one was touched; truncated when `step_limit` steps were taken and the episode
    has not terminated.

    ## Info
    `info["truth"]`, for evaluation only: `cells` (int8 [rows, cols], 0 for empty, `i + 1` for
    `kinds[i]`), `agent` (row, column), `kinds`, their `rewards`, `step_cost` and `steps_left`;
    where needed also `heading` (quarter turns to the right from up), `keys` (carried), `looks`
    (appearance codes) and `seed` (of the episode's randomness).

    ## Arguments
    Every field of `shapes_grid.WorldSpec`, and `render_mode`: `"human"` (a window), `"rgb_array"`
    (about 400 pixels on the longer side, or as many as the observation has if those are more) or
    `"ansi"` (an ASCII board).

    ## Reset
    `reset(options={"board": "o.x\\n.+."})` begins from a board instead of drawing a world;
    `reset(options={"truth": info["truth"]})` continues from any state of an episode.

    ## Further methods
    `solve()` plans, `legend()` explains the shapes, `get_keys_to_action()` gives keys for people,
    and `editor()` edits the state (see `shapes_grid.editing`).

    ## Versions
    v0: first version.
    """

    # gym.Env declares it as an instance's, so it cannot be a ClassVar.
    metadata: dict[str, Any] = {"render_modes": list(RENDER_MODES), "render_fps": 8}  # noqa: RUF012

    def __init__(
        self, spec: WorldSpec | None = None, *, render_mode: str | None = None, **fields: Any
    ) -> None:
        if render_mode is not None and render_mode not in RENDER_MODES:
            known = ", ".join(f'"{mode}"' for mode in RENDER_MODES)
            raise ValueError(
                f"render_mode is {render_mode!r}, but it must be None or one of {known}."
            )
        self.world_spec = make_spec(spec, fields)
        self.render_mode = render_mode
        self.action_space = spaces.Discrete(len(self.world_spec.actions))
        self.observation_space = spaces.Box(0, 255, self.world_spec.frame_shape, np.uint8)
        self._layouts = Layouts(self.world_spec)
        self._episode = Episode(Rules(self.world_spec))
        self._painter = make_painter(self.world_spec, 1)
        self._camera = make_camera(self.world_spec)
        self._places = range(self.world_spec.rows * self.world_spec.cols)
        self._num_actions = len(self.world_spec.actions)
        self._large: Painter | None = None
        self._window: Window | None = None
        self._begun = False
        self._running = False

    @property
    def split(self) -> str:
        """The split that this environment draws from; evaluation uses the other one."""
        return self.world_spec.split

    def editor(self) -> Editor:
        """Return an editor of the present state; each of its edits gives options for `reset`.

        Raises:
            ResetNeeded: No episode has begun.
        """
        if not self._begun:
            raise ResetNeeded("No episode has begun, so there is nothing to edit; call reset().")
        return Editor(self.world_spec, self._episode.truth())

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        """Begin an episode; see the class for `options`."""
        super().reset(seed=seed)
        start = self._layouts.given(options, self.np_random)
        self._episode.begin(self._layouts.draw(self.np_random) if start is None else start)
        self._painter.paint_episode(self._episode, self._places)
        self._begun = self._running = True
        return self._observe(), {"truth": self._episode.truth()}

    def step(self, action: Any) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        """Take an action.

        Raises:
            InvalidAction: The action is no whole number in range.
            ResetNeeded: The episode has ended or has not begun.
        """
        if not self._running:
            raise ResetNeeded("The episode has ended or has not begun; call reset() first.")
        if type(action) is not int or not 0 <= action < self._num_actions:
            action = require_action(action, self.world_spec.actions)
        episode = self._episode
        reward = episode.step(action)
        terminated, truncated = episode.terminated, episode.truncated
        self._running = not (terminated or truncated)
        self._painter.paint_episode(episode, episode.changed)
        return self._observe(), reward, terminated, truncated, {"truth": episode.truth()}

    def render(self) -> Any:
        """Draw the world for a person, as `render_mode` says.

        Raises:
            ResetNeeded: No episode has begun.
        """
        if not self._begun:
            raise ResetNeeded(
                "No episode has begun, so there is nothing to draw; call reset() first."
            )
        if self.render_mode == "ansi":
            start = self._episode.start()
            heading = start.heading if self.world_spec.controls == "heading" else None
            return to_text(start.cells, start.agent, self.world_spec.kinds, heading)
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

    def solve(self) -> Solution:
        """Return the best plan from here, and a bound on the return of all plans.

        Raises:
            ResetNeeded: No episode has begun.
        """
        if not self._begun:
            raise ResetNeeded("No episode has begun, so there is nothing to solve; call reset().")
        return solve(self._episode)

    def get_keys_to_action(self) -> dict[tuple[int, ...], int]:
        """Return the action of each key, in the form that `gymnasium.utils.play` uses."""
        return keys_to_action(self.world_spec)

    def legend(self) -> list[tuple[Frame, str]]:
        """Return a picture of each shape, `uint8 [h, w, 3]`, and the effect of touching it."""
        return legend(self.world_spec)

    def _observe(self) -> Frame:
        if self.render_mode == "human":
            self._show()
        if self._camera is None:
            return np.array(self._painter.frames[0])
        seeds, steps = np.array([self._episode.seed]), np.array([self._episode.steps])
        return np.asarray(self._camera.capture(self._painter.frames, seeds, steps)[0])

    def _draw_large(self) -> Frame:
        if self._large is None:
            spec = self.world_spec
            # Never smaller than the observation, however large that is.
            cell = max(spec.cell, _RENDER_SIDE * spec.cell // max(spec.frame_shape))
            self._large = make_painter(spec, 1, cell=cell, lines=True)
        self._large.paint_episode(self._episode, self._places)
        return np.array(self._large.frames[0])

    def _show(self) -> None:
        if self._window is None:
            from shapes_grid.drawing.window import Window  # imports pygame

            self._window = Window("shapes_grid", self.metadata["render_fps"])
        self._window.show(self._draw_large())
