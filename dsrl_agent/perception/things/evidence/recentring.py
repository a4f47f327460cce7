"""Put the grid where the agent stands, and drop outer rows and columns that nothing stands in.

Things that reach out of their cells change pixels of the cells around. From changes alone, the grid
may begin a few pixels off, or have a row or column too many.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.evidence import Evidence, gather, trail_on
from dsrl_agent.perception.things.evidence.background import (
    StaticBackground,
    find_background,
    holds_thing,
)
from dsrl_agent.perception.things.evidence.coverage import coverage_of
from dsrl_agent.perception.things.evidence.film import film_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.types import Floats, FrameTransitions

_ENTERED = 400  # cells just entered that give the agent's picture


def gather_centred(
    transitions: FrameTransitions, rewards: Floats | None, config: PerceptionConfig
) -> Evidence:
    """Gather what motion tells, on a grid whose cells have the agent in their middle.

    Raises:
        PerceptionError: Nothing moved.
    """
    evidence = gather(transitions, rewards, config)
    background = _background(evidence, config.things)
    moved = _moved(evidence, background, config.things)
    inside = _widened(_cut(moved, *_inside(moved.grid)), config)
    if inside.trail.entered.sum() < moved.trail.entered.sum():
        return evidence  # the agent was in a cell that sticks out of the frame
    if inside.grid != evidence.grid:
        background = _background(inside, config.things)
    return _cut(inside, *_occupied(inside, background, config.things))


def _background(evidence: Evidence, thresholds: ThingsThresholds) -> StaticBackground:
    """Return the background that the cells of the evidence's grid show."""
    windows = windows_of(evidence.grid, thresholds)
    return find_background(film_of(evidence), windows, thresholds.background)


def _moved(
    evidence: Evidence, background: StaticBackground, thresholds: ThingsThresholds
) -> Evidence:
    """Return evidence on the grid shifted such that the agent is in the middle of its cells."""
    grid = evidence.grid
    down, right = _agent_middle(evidence, background, thresholds)
    if max(abs(down), abs(right)) > max(grid.pitch) // 2:
        return evidence
    origin = (grid.origin[0] + down, grid.origin[1] + right)
    return evidence._replace(grid=replace(grid, origin=origin))


def _widened(evidence: Evidence, config: PerceptionConfig) -> Evidence:
    """Return evidence on all whole cells of the frame, if more was seen to be entered there.

    A row or column that stuck out of the frame by a pixel or two lies in it on the shifted grid.
    """
    whole = evidence.grid.whole()
    if whole.shape == evidence.grid.shape:
        return evidence
    try:
        trail = trail_on(whole, evidence.transitions, config)
    except PerceptionError:
        return evidence
    if trail.entered.sum() <= evidence.trail.entered.sum():
        return evidence
    return evidence._replace(grid=whole, trail=trail)


def _agent_middle(
    evidence: Evidence, background: StaticBackground, thresholds: ThingsThresholds
) -> tuple[int, int]:
    """Return the pixels from the middle of a cell to the middle of the agent in it."""
    windows = windows_of(evidence.grid, thresholds)
    frames = windows.of(evidence.transitions.after)
    n, row, col = np.argwhere(evidence.trail.entered)[:_ENTERED].T
    ground = windows.of(background.picture[None])[0]
    away = frames[n, row, col].astype(np.float32) / 255 - ground[row, col]
    one = Tracks(
        contrasts=np.median(away, axis=0)[None].astype(np.float32),
        grounds=ground[row, col].mean(axis=0)[None],
        weights=np.ones((1, *windows.size), np.float32),
        counts=np.array([len(n)]),
        agent=np.ones(1, np.bool_),
        reach=True,
        whole=np.ones(1, np.bool_),
    )
    down, right = coverage_of(one, background.noise, thresholds.coverage).middles[0]
    return int(down), int(right)


def _inside(grid: Grid) -> tuple[slice, slice]:
    """Return the rows and columns of a grid that lie in the frame."""
    parts = []
    for axis in (0, 1):
        pitch, origin = grid.pitch[axis], grid.origin[axis]
        starts = origin + pitch * np.arange(grid.shape[axis])
        within = np.flatnonzero((starts >= 0) & (starts + pitch <= grid.frame[axis]))
        parts.append(slice(int(within[0]), int(within[-1]) + 1))
    return parts[0], parts[1]


def _occupied(
    evidence: Evidence, background: StaticBackground, thresholds: ThingsThresholds
) -> tuple[slice, slice]:
    """Return the rows and columns from the first to the last in which something ever stood."""
    windows = windows_of(evidence.grid, thresholds)
    frames = film_of(evidence).frames
    held = holds_thing(frames, background, windows, thresholds.background).mean(axis=0)
    used: NDArray[np.bool_] = held > thresholds.background.chance
    used |= (evidence.trail.left | evidence.trail.entered).any(axis=0)
    rows, cols = (np.flatnonzero(used.any(axis=axis)) for axis in (1, 0))
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def _cut(evidence: Evidence, rows: slice, cols: slice) -> Evidence:
    """Return evidence on some neighbouring rows and columns of its grid."""
    trail: Trail = evidence.trail
    left, entered = trail.left[:, rows, cols], trail.entered[:, rows, cols]
    grid = evidence.grid.part(rows, cols)
    return evidence._replace(grid=grid, trail=trail._replace(left=left, entered=entered))
