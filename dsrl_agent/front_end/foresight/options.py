"""Lay out the agent's actions over all places of a board, as arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dsrl_agent.front_end.foresight.events import ENDS, FLINGS, GAIN, TRIED, Events
from dsrl_agent.front_end.foresight.gait import Gait
from dsrl_agent.front_end.foresight.tracks import Offset, Place
from dsrl_agent.types import EDGE, FREE, UNMOVED, Floats, Ints, Shape


def front_at(place: Place, step: Offset | None, labels: Mapping[Place, int], shape: Shape) -> int:
    """Return the content of the cell that a step leads to: a type, `FREE` or `EDGE`."""
    if step is None:
        return FREE
    row, col = place[0] + step[0], place[1] + step[1]
    inside = 0 <= row < shape[0] and 0 <= col < shape[1]
    return labels.get((row, col), FREE) if inside else EDGE


def moves_of(gait: Gait, still: Mapping[Place, int], shape: Shape) -> tuple[Ints, Floats]:
    """Return where displacements lead from each place, and their chances.

    Returns:
        `[displacements, n]`: the place that each displacement leads to, its own place where that
        lies beyond the edge; the first displacement is none. `[actions, rests, displacements, n]`:
        the chance of each.
    """
    cells = [divmod(number, shape[1]) for number in _places(shape)]
    fronts = {
        action: [front_at(cell, gait.steps.get(action), still, shape) for cell in cells]
        for action in gait.actions
    }
    chances = {
        (action, rest, front): gait.chances(action, rest + 1, front)
        for action in gait.actions
        for rest in range(gait.rests())
        for front in set(fronts[action])
    }
    offsets = [UNMOVED, *sorted({o for of in chances.values() for o in of} - {UNMOVED})]
    moves = np.zeros((len(gait.actions), gait.rests(), len(offsets), shape[0] * shape[1]))
    for (action, rest, front), of in chances.items():
        at = np.array(fronts[action]) == front
        for offset, chance in of.items():
            moves[action, rest, offsets.index(offset), at] = chance
    return np.array([_leads(offset, shape) for offset in offsets]), moves


def deeds_of(events: Events, num_actions: int, rests: int, doubt: float) -> Floats:
    """Return what the agent's actions do by themselves, `[actions, rests, 3, n]`.

    The third axis holds the chances of an end and of a fling, and the gain expected.
    """
    count = events.shape[0] * events.shape[1]
    booked = np.zeros((num_actions, rests, 3, count))
    tried = np.full((num_actions, rests, 1, count), doubt)
    for (place, action, rest), tally in events.deeds().items():
        at = action, min(rest, rests) - 1
        booked[*at, :, place] += tally[[ENDS, FLINGS, GAIN]]
        tried[*at, 0, place] += tally[TRIED]
    return np.asarray(booked / tried)


def _places(shape: Shape) -> range:
    return range(shape[0] * shape[1])


def _leads(offset: Offset, shape: Shape) -> list[int]:
    rows, cols = shape
    found = []
    for number in _places(shape):
        row, col = number // cols + offset[0], number % cols + offset[1]
        found.append(row * cols + col if 0 <= row < rows and 0 <= col < cols else number)
    return found
