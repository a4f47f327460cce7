"""Foresee what a throw is worth: where things will be when it comes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.front_end.foresight.events import Events
from dsrl_agent.front_end.foresight.shots import Throw
from dsrl_agent.front_end.foresight.tracks import Offset
from dsrl_agent.front_end.foresight.walks import ThingWalks
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import UNMOVED, Floats


class Targets(NamedTuple):
    """What a thrown thing gains from others, `[steps, rows, columns]` each."""

    there: Floats  # chance that a thing with a gain is there
    gains: Floats  # gain expected of meeting what is there


def flight_steps(step: Offset, watch: Watch) -> int:
    """Return the most steps that a thrown thing is seen for."""
    sizes = [size // abs(by) for size, by in zip(watch.shape, step, strict=True) if by]
    return 1 + min(sizes, default=0)


def targets_of(
    throw: Throw, walks: ThingWalks, events: Events, watch: Watch, steps: int
) -> Targets | None:
    """Return where the things that a throw gains from will be, `None` if there are none."""
    gains = {of: events.gain_of((throw.type, of)) for of in set(watch.labels.values())}
    there, gained = np.zeros((2, steps, *watch.shape))
    still = walks.still(watch.labels)
    for place, of in still.items():
        if gains[of]:
            there[:, *place] += 1.0
            gained[:, *place] += gains[of]
    walks.go_on(still, watch.shape)
    moving = [at for at in watch.tracks if gains.get(at.type) and at.type in walks.movers]
    if moving:
        numbers, chances, counts = walks.spread(moving, steps)
        worths = np.repeat([gains[track.type] for track in moving], counts)
        np.add.at(there.reshape(-1), numbers, chances)
        np.add.at(gained.reshape(-1), numbers, chances * worths)
    return Targets(np.minimum(there, 1.0), gained) if there.any() else None


def throw_values(
    throw: Throw, step: Offset, targets: Targets, layers: int, patience: float
) -> Floats:
    """Return what a throw is worth `[layers, rows, columns]`, by the step and place it begins at.

    It meets the first thing with a gain on its way; `step` is its displacement in a step, and
    `patience` the discount per step.
    """
    steps, rows, cols = targets.there.shape
    worth, flying = np.zeros((layers, rows, cols)), np.ones((layers, rows, cols))
    for flown in range(steps - layers):
        (row, to_row), (col, to_col) = (
            _shifted(start + flown * by, size)
            for start, by, size in zip(throw.offset, step, (rows, cols), strict=True)
        )
        at = slice(1 + flown, 1 + flown + layers), to_row, to_col
        reached = flying[:, row, col]
        worth[:, row, col] += patience**flown * reached * targets.gains[at]
        flying[:, row, col] = reached * (1.0 - targets.there[at])
    return worth


def _shifted(by: int, size: int) -> tuple[slice, slice]:
    """Return the cells of an axis from which a shift stays on the board, and where it leads."""
    low, high = max(0, -by), max(0, min(size, size - by))
    low = min(low, high)
    return slice(low, high), slice(low + by, high + by)


def aims_of(
    throws: Sequence[Throw], walks: ThingWalks, events: Events, watch: Watch, layers: int,
    num_actions: int, patience: float,
) -> Floats:  # fmt: skip
    """Return what throws are worth, `[layers, actions, n]`, by the place they are thrown from."""
    found = np.zeros((layers, num_actions, watch.shape[0] * watch.shape[1]))
    for throw in throws:
        step = walks.usual(throw.type)
        if step == UNMOVED:
            continue
        steps = layers + flight_steps(step, watch)
        targets = targets_of(throw, walks, events, watch, steps)
        if targets is not None:
            worth = throw_values(throw, step, targets, layers, patience)
            found[:, throw.action] = worth.reshape(layers, -1)
    return found
