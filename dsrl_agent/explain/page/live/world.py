"""Step a world to and fro, and edit its true state where it allows that.

A world that can be edited has a method `editor()` that returns a `WorldEditor`, as `shapes_grid`
has. Any other goes back by playing its actions again from the seed.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame


class EditorGeometry(Protocol):
    """Where the cells of a world are in its frames, in pixels."""

    @property
    def top(self) -> int:
        """The first row of pixels."""

    @property
    def left(self) -> int:
        """The first column of pixels."""

    @property
    def side(self) -> int:
        """The side of a cell."""

    @property
    def rows(self) -> int:
        """Rows of cells."""

    @property
    def cols(self) -> int:
        """Columns of cells."""


class WorldEditor(Protocol):
    """Edits a world's state: each edit returns options for `reset` that lead to the edited state.

    An edit that cannot be made raises a `ValueError` that says why.
    """

    geometry: EditorGeometry
    kinds: tuple[str, ...]  # what `put` takes
    colours: tuple[tuple[int, int, int], ...]  # what `recolour` takes by index; may be empty

    def picture(self, kind: str) -> NDArray[np.uint8]:
        """Return a picture of a kind, `uint8 [h, w, 3]`."""

    def state(self) -> dict[str, Any]:
        """Return the options that lead to the state as it is."""

    def remove(self, row: int, col: int) -> dict[str, Any]:
        """Take away what stands in a cell."""

    def put(self, kind: str, row: int, col: int) -> dict[str, Any]:
        """Put a thing into a cell."""

    def move(self, row: int, col: int, to_row: int, to_col: int) -> dict[str, Any]:
        """Move what stands in a cell, the agent included."""

    def recolour(self, row: int, col: int, colour: int) -> dict[str, Any]:
        """Give what stands in a cell another colour."""


class WorldStep(NamedTuple):
    """The result of an action."""

    frame: Frame
    reward: float
    terminated: bool
    truncated: bool


class LiveWorld:
    """A world that can go back to where it was."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        self.env = env
        self._seed = 0
        self._actions: list[int] = []  # since the reset by the seed

    @property
    def editor(self) -> WorldEditor | None:
        """The world's editor, `None` if it has none."""
        if not self.env.has_wrapper_attr("editor"):
            return None
        found: WorldEditor = self.env.get_wrapper_attr("editor")()
        return found

    def begin(self, seed: int) -> Frame:
        """Begin the episode of a seed; return its first frame."""
        self._seed, self._actions = seed, []
        frame: Frame = self.env.reset(seed=seed)[0]
        return frame

    def step(self, action: int) -> WorldStep:
        """Take an action."""
        frame, reward, terminated, truncated, _ = self.env.step(action)
        self._actions.append(action)
        return WorldStep(frame, float(reward), terminated, truncated)

    def mark(self) -> object:
        """Return what leads back to where the world is: its state, or the actions so far."""
        editor = self.editor
        return tuple(self._actions) if editor is None else editor.state()

    def back_to(self, mark: object) -> Frame:
        """Go to where a mark was made; return the frame there."""
        if isinstance(mark, dict):
            frame: Frame = self.env.reset(options=mark)[0]
            return frame
        assert isinstance(mark, tuple)
        frame = self.begin(self._seed)
        for number, action in enumerate(mark):
            done = self.step(action)
            frame = done.frame
            if (done.terminated or done.truncated) and number < len(mark) - 1:
                raise ConfigError(
                    "The world did not take the same course again, so there is no way back; begin "
                    "another one."
                )
        return frame
