"""Draw boards of letters as tiles, and play at random on them.

`#` is a wall, `g` a goal and `~` lava, which both end an episode; `k` and `K` are one shape in two
colours, `d` another shape. `>`, `v`, `<` and `^` are the agent, which turns and goes ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from PIL import Image

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage, footage_of
from dsrl_agent.types import Floats, Frame, FrameTransitions

PITCH = (6, 8)
"""Height and width of a tile in pixels."""

HEADINGS = ">v<^"
AHEAD = ((0, 1), (1, 0), (0, -1), (-1, 0))
LEFT, RIGHT, FORWARD, NOTHING = range(4)
LIT = (0.7, 76.5)  # factor and offset of the light around the agent
ROOM = ("######", "#>...#", "#..k.#", "#.~..#", "#...g#", "######")


class Walk(NamedTuple):
    """Random play, and what it showed."""

    transitions: FrameTransitions
    footage: Footage
    boards: list[str]  # of each frame of the footage, row by row
    grid: Grid


def tile(letter: str, ground: str = ".") -> Floats:
    """Return the tile `[6, 8, 3]` of a letter; the agent stands on a ground."""
    if letter in HEADINGS:
        return _over(tile(ground), _triangle(HEADINGS.index(letter)), (255.0, 0.0, 0.0))
    painted = np.zeros((*PITCH, 3))
    painted[0], painted[:, 0] = 100.0, 100.0  # lines around empty ground
    if letter == "#":
        return np.full((*PITCH, 3), 100.0)
    if letter == "g":
        return np.full((*PITCH, 3), (0.0, 255.0, 0.0))
    if letter == "~":
        return np.full((*PITCH, 3), (255.0, 128.0, 0.0)) * _checks()[..., None]
    shapes = {"k": (_bar(), (80.0, 80.0, 255.0)), "K": (_bar(), (220.0, 220.0, 0.0))}
    shapes["d"] = (_checks() - 0.7, (80.0, 80.0, 255.0))
    return painted if letter == "." else _over(painted, *shapes[letter])


def draw(board: Sequence[str], grounds: dict[tuple[int, int], str] | None = None) -> Frame:
    """Return the frame of a board; the agent stands on empty ground unless `grounds` tells."""
    rows = [
        np.concatenate(
            [tile(letter, (grounds or {}).get((r, c), ".")) for c, letter in enumerate(line)], 1
        )
        for r, line in enumerate(board)
    ]
    return np.asarray(np.rint(np.concatenate(rows)), np.uint8)


def lit(frame: Frame, place: tuple[int, int]) -> Frame:
    """Return a frame with light on the cells up to two rows and columns from a place."""
    bright = frame.astype(np.float64)
    (height, width), (row, col) = PITCH, place
    rows = slice(max(0, row - 2) * height, (row + 3) * height)
    cols = slice(max(0, col - 2) * width, (col + 3) * width)
    bright[rows, cols] = LIT[0] * bright[rows, cols] + LIT[1]
    return np.rint(bright).astype(np.uint8)


def noisy(frames: Frame, deviation: float, seed: int = 0) -> Frame:
    """Return frames with normal noise in each value, cut off at 0 and 255."""
    added = np.random.default_rng(seed).normal(0.0, deviation, frames.shape)
    return np.clip(np.rint(frames + added), 0, 255).astype(np.uint8)


def grid_of(board: Sequence[str]) -> Grid:
    """Return the grid of a board's frame."""
    rows, cols = len(board), len(board[0])
    return Grid(PITCH, (0, 0), (rows, cols), (rows * PITCH[0], cols * PITCH[1]))


def walk(
    board: Sequence[str] = ROOM,
    steps: int = 120,
    seed: int = 0,
    *,
    light: bool = False,
    noise: float = 0.0,
) -> Walk:
    """Play at random: left, right, forward or nothing; walls, keys and doors block the way."""
    rng = np.random.default_rng(seed)
    scene = _Scene(board, light)
    before, actions, after = [], [], []
    boards = [scene.text()]
    for _ in range(steps):
        before.append(scene.frame())
        actions.append(int(rng.integers(4)))
        over = scene.step(actions[-1])
        after.append(scene.frame())
        boards.append(scene.text())
        if over:
            scene = _Scene(board, light)
            boards.append(scene.text())
    taken = np.array(actions, np.int64)
    clean = footage_of(FrameTransitions(np.stack(before), taken, np.stack(after)))
    frames = noisy(clean.frames, noise, seed) if noise else clean.frames
    footage = clean._replace(frames=frames)
    starts = np.flatnonzero(footage.follows)
    transitions = FrameTransitions(frames[starts - 1], taken, frames[starts])
    return Walk(transitions, footage, boards[: len(frames)], grid_of(board))


class TileEnv(gym.Env[Frame, np.int64]):
    """A board drawn in tiles: +1 on the goal, -1 on lava; it never stops by itself."""

    def __init__(self, board: Sequence[str] = ROOM, light: bool = False) -> None:
        self.board, self.light = board, light
        shape = grid_of(board).frame
        self.observation_space = gym.spaces.Box(0, 255, (*shape, 3), np.uint8)
        self.action_space = gym.spaces.Discrete(4)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        super().reset(seed=seed)
        self.scene = _Scene(self.board, self.light)
        return self.scene.frame(), {}

    def step(self, action: np.int64) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        over = self.scene.step(int(action))
        reward = {"g": 1.0, "~": -1.0}.get(str(self.scene.letters[self.scene.place]), 0.0)
        return self.scene.frame(), reward, over, False, {}


class _Scene:
    """The agent on a board."""

    def __init__(self, board: Sequence[str], light: bool) -> None:
        letters = np.array([list(line) for line in board])
        ((row, col),) = np.argwhere(np.isin(letters, list(HEADINGS))).tolist()
        self.heading, self.place = HEADINGS.index(str(letters[row, col])), (row, col)
        letters[row, col] = "."
        self.letters, self.light = letters, light

    def step(self, action: int) -> bool:
        """Do an action; return whether the episode is over."""
        if action in (LEFT, RIGHT):
            self.heading = (self.heading + (1 if action == RIGHT else -1)) % 4
        row, col = self.place
        d_row, d_col = AHEAD[self.heading]
        if action == FORWARD and self.letters[row + d_row, col + d_col] in ".g~":
            self.place = (row + d_row, col + d_col)
        return str(self.letters[self.place]) in "g~"

    def text(self) -> str:
        """Return the board with the agent on it, row by row."""
        shown = self.letters.copy()
        shown[self.place] = HEADINGS[self.heading]
        return "".join(shown.ravel())

    def frame(self) -> Frame:
        """Draw the board."""
        shown = self.letters.copy()
        shown[self.place] = HEADINGS[self.heading]
        lines = ["".join(line) for line in shown]
        frame = draw(lines, {self.place: str(self.letters[self.place])})
        return lit(frame, self.place) if self.light else frame


def _over(ground: Floats, share: Floats, colour: tuple[float, float, float]) -> Floats:
    """Return a colour over a ground, as far as the share `[6, 8]` of each pixel goes."""
    part = share[..., None]
    return np.asarray((1.0 - part) * ground + part * np.array(colour))


def _triangle(heading: int) -> Floats:
    """Return the shares of a triangle with soft edges, whose tip points in a heading."""
    y, x = np.mgrid[-1.0:1.0:6j, -1.0:1.0:8j]
    ahead, aside = ((x, y), (y, x), (-x, y), (-y, x))[heading]
    inside = np.minimum(0.8 - np.abs(ahead), 0.4 - 0.4 * ahead - np.abs(aside))
    return np.asarray(np.clip(3.0 * inside, 0.0, 1.0))


def _bar() -> Floats:
    share = np.zeros(PITCH)
    share[1:5, 3:5], share[4, 5] = 1.0, 0.5
    return share


def _checks() -> Floats:
    rows, cols = np.indices(PITCH)
    return np.where((rows // 2 + cols // 2) % 2 == 0, 1.0, 0.7)


def resized(frames: Frame, size: tuple[int, int]) -> Frame:
    """Return frames `[N, H, W, 3]` in a size, as by a resizing wrapper: means of pixels."""
    large = frames.repeat(4, axis=1).repeat(4, axis=2)
    shrunk = [Image.fromarray(each).resize(size[::-1], Image.Resampling.BOX) for each in large]
    return np.stack([np.array(each, np.uint8) for each in shrunk])
