"""Random walks among things drawn by slices, and the evidence of their motion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.types import Floats, Floats32, Frame, FrameTransitions

AGENT, THING = (0.2, 0.4, 0.9), (0.9, 0.7, 0.1)
STEPS = ((-1, 0), (0, 1), (1, 0), (0, -1))
EPISODE = 20
"""Steps of an episode."""

Standing = dict[tuple[int, int], tuple[int, int]]
"""Height and width in pixels of the box that stands in a cell."""


class Walk(NamedTuple):
    """A walk, and the truth about it."""

    evidence: Evidence
    floor: Floats32  # [H, W, 3]: the background
    standing: list[Standing]  # the things after each step


def walk(
    steps: int,
    kinds: Sequence[tuple[int, int]] = ((4, 4), (2, 6)),
    *,
    shape: tuple[int, int] = (4, 5),
    count: int = 3,
    agent: tuple[int, int] = (6, 2),
    slope: float = 1.0,
    noise: float = 0.0,
) -> Walk:
    """Walk at random on a floor that is brighter to the right and at the bottom by a slope.

    Cells have 8 x 8 pixels, from row 3 and column 2 on. In each episode `count` boxes stand in
    cells; they are of the sizes `kinds`. The agent does not enter these.
    """
    rng = np.random.default_rng(steps)
    grid = Grid((8, 8), (3, 2), shape, (8 * shape[0] + 5, 8 * shape[1] + 6))
    floor = _floor(grid, slope)
    left, entered = np.zeros((2, steps, *shape), np.bool_)
    before, after, actions, told = [], [], rng.integers(4, size=steps), []
    for step, action in enumerate(actions):
        if step % EPISODE == 0:
            cells = [(int(n) // shape[1], int(n) % shape[1]) for n in _some(rng, shape, count + 1)]
            at, standing = (
                cells[0],
                {cell: kinds[int(rng.integers(len(kinds)))] for cell in cells[1:]},
            )
            seen = _noisy(_shown(grid, floor, standing, at, agent), noise, rng)
        to = (at[0] + STEPS[action][0], at[1] + STEPS[action][1])
        free = to not in standing and 0 <= to[0] < shape[0] and 0 <= to[1] < shape[1]
        if free:
            left[(step, *at)], entered[(step, *to)] = True, True
            at = to
        before.append(seen)
        seen = _noisy(_shown(grid, floor, standing, at, agent), noise, rng)
        after.append(seen)
        told.append(standing)
    transitions = FrameTransitions(np.stack(before), actions, np.stack(after))
    trail = Trail(left, entered, np.zeros((3, 12, 12), np.float32), noise)
    return Walk(Evidence(transitions, None, (0, 0), grid, trail), floor, told)


def _some(rng: np.random.Generator, shape: tuple[int, int], count: int) -> list[int]:
    return [int(n) for n in rng.permutation(shape[0] * shape[1])[:count]]


def _floor(grid: Grid, slope: float) -> Floats32:
    rows, cols = np.mgrid[: grid.frame[0], : grid.frame[1]]
    level = 0.2 + slope * (0.002 * rows + 0.001 * cols)
    return np.repeat(level[..., None], 3, axis=2).astype(np.float32)


def _shown(
    grid: Grid,
    floor: Floats32,
    standing: Standing,
    at: tuple[int, int],
    agent: tuple[int, int],
) -> Floats:
    """Return a frame: boxes in the middle of their cells, and the agent."""
    frame = floor.astype(np.float64)
    for cell, size, colour in [*((c, s, THING) for c, s in standing.items()), (at, agent, AGENT)]:
        top, left = (
            grid.origin[i] + cell[i] * grid.pitch[i] + (grid.pitch[i] - size[i]) // 2
            for i in (0, 1)
        )
        frame[top : top + size[0], left : left + size[1]] = colour
    return frame


def _noisy(frame: Floats, noise: float, rng: np.random.Generator) -> Frame:
    levels = np.rint((frame + rng.normal(0, noise, frame.shape)) * 255) if noise else frame * 255
    return np.asarray(np.rint(levels).clip(0, 255), np.uint8)
