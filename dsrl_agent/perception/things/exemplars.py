"""Draw things of a type: to show it, and to remind a later fit of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.newcomers import NewType, Sightings, explains, new_type
from dsrl_agent.types import Floats32


def drawn(model: ThingsModel, cells: NDArray[np.bool_]) -> Floats32:
    """Return things `[S, h, w, 4]`: coverage, and colour times coverage.

    `cells` `[K, P + 1]` tells which shapes and colours are of the type.
    """
    hypotheses = model.scenes.hypotheses
    things = []
    for kind in np.flatnonzero(cells.any(axis=1)):
        part = hypotheses.parts[int(kind)]
        middle = np.array([(part.start + part.stop) // 2])
        cover = hypotheses.templates[middle[0]][..., None]
        own = np.intersect1d(np.flatnonzero(cells[kind, :-1]), hypotheses.tints[int(kind)])
        # Parts have tints that differ, as far as there are several.
        each = np.resize(own, hypotheses.number_of_parts)
        colours = hypotheses.palette[each] if len(own) else np.ones((len(each), 3), np.float32)
        colour = hypotheses.painted(middle, colours.reshape(1, -1))[0]
        things.append(np.concatenate([cover, cover * colour], axis=2))
    return np.stack(things).astype(np.float32)


def pictures_of(model: ThingsModel, cells: NDArray[np.bool_], side: int) -> NDArray[np.uint8]:
    """Return a picture `uint8 [side, side, 3]` of a type as it stands on the floor."""
    windows = model.scenes.windows
    thing = drawn(model, cells)[0]
    rows, cols = windows.own
    floor = windows.of(model.scenes.background[None])[0, 0, 0, rows, cols]
    shown = floor * (1 - thing[rows, cols, :1]) + thing[rows, cols, 1:]
    grid = Grid(windows.pitch, (0, 0), (1, 1), windows.pitch)
    small = grid.resample(np.asarray(shown[None] * 255, np.float32), side)[0]
    levels = np.rint(np.moveaxis(small, 0, 2) * 255).clip(0, 255)
    return np.asarray(levels, np.uint8)


def recalled(model: ThingsModel, exemplars: Floats32) -> NewType | None:
    """Return the type of drawn things `[S, h, w, 4]`, if no known type explains them.

    Things drawn in windows of another size cannot be compared, and are not recalled.
    """
    windows = model.scenes.windows
    if exemplars.shape[1:3] != windows.size:
        return None
    rows, cols = windows.own
    weights = np.zeros(exemplars.shape[:3], np.float32)
    weights[(slice(None), rows, cols)] = 1
    ground = np.array(windows.of(model.scenes.background[None])[0, :1, 0])
    grounds = np.repeat(ground, len(exemplars), axis=0)
    contrasts = exemplars[..., 1:] - exemplars[..., :1] * grounds
    one = Sightings(contrasts, grounds, weights, np.zeros(len(exemplars), np.int64))
    if any(explains(model, kind, one) for kind in range(len(model.vocabularies))):
        return None
    return new_type(one, model)
