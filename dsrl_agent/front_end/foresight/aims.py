"""Foresee what a throw is worth: where things will be when it comes there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from dsrl_agent.front_end.foresight.events import Events
from dsrl_agent.front_end.foresight.shots import Throw
from dsrl_agent.front_end.foresight.tracks import Offset
from dsrl_agent.front_end.foresight.walks import ThingWalks
from dsrl_agent.front_end.foresight.watch import Watch
from dsrl_agent.types import UNMOVED, Floats, Ints


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
    throw: Throw, step: Offset, targets: Targets, layers: int, patience: float, places: Ints
) -> Floats:
    """Return what a throw is worth `[layers, places]`, by the step and place it begins at.

    It meets the first thing with a gain on its way; `step` is its displacement in a step, and
    `patience` the discount per step. Places are numbered row by row.
    """
    steps, rows, cols = targets.there.shape
    flown = np.arange(steps - layers)[:, None]
    row = places // cols + throw.offset[0] + flown * step[0]
    col = places % cols + throw.offset[1] + flown * step[1]
    inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    cells = np.where(inside, row * cols + col, 0)
    steps_on = 1 + flown + np.arange(layers)
    on_way = steps_on[:, :, None] * (rows * cols) + cells[:, None]  # `[flown, layers, places]`
    meets = targets.there.take(on_way) * inside[:, None]
    worth = targets.gains.take(on_way) * inside[:, None] * patience ** flown[:, :, None]
    worth[1:] *= np.multiply.accumulate(1.0 - meets[:-1])  # as long as it flies
    return np.asarray(worth.sum(axis=0))


def aims_of(
    throws: Iterable[Throw], walks: ThingWalks, events: Events, watch: Watch, places: Ints,
    layers: int, patience: float,
) -> dict[int, Floats]:  # fmt: skip
    """Return what actions that throw are worth by it, `[layers, places]` each.

    Places are numbered row by row.
    """
    found = {}
    for throw in throws:
        step = walks.usual(throw.type)
        if step == UNMOVED:
            continue
        steps = layers + flight_steps(step, watch)
        targets = targets_of(throw, walks, events, watch, steps)
        if targets is not None:
            found[throw.action] = throw_values(throw, step, targets, layers, patience, places)
    return found
