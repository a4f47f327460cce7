"""Find isolated ink in still pictures, and measure how regularly its middles lie.

Where things reach out of their cells, contrast has no valleys between cells, but in many pictures
some things touch no other. Their middles lie on the lines of a lattice, a pitch apart, or near to
these. Isolated things that look the same are also a check of what was read.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.contrast import edge_of, floor_of
from dsrl_agent.symbols.deviation import median_magnitude, sigma_of
from dsrl_agent.types import UNKNOWN, Fact, Facts, Floats32, Frame, Ints

_TOUCHING = np.ones((3, 3), np.bool_)  # pixels that touch by a corner are of one thing
_LEVEL = np.float32(1 / 255)  # of 8 bits


def isolated_boxes(frames: Frame, thresholds: StillGridThresholds) -> Ints:
    """Return the boxes `[K, 4]` around connected ink of pictures `uint8 [N, H, W, 3]`.

    A box is top, bottom, left and right. Ink that touches the frame's edge may be cut off, and ink
    of a single row or column may be noise; neither is returned.
    """
    height, width = frames.shape[1:3]
    found = []
    for mask in _inked(frames, thresholds):
        for rows, cols in ndimage.find_objects(ndimage.label(mask, _TOUCHING)[0]):
            box = (rows.start, rows.stop, cols.start, cols.stop)
            is_cut = 0 in box[::2] or box[1] == height or box[3] == width
            if not is_cut and min(box[1] - box[0], box[3] - box[2]) > 1:
                found.append(box)
    return np.array(found, np.int64).reshape(-1, 4)


def regularity(boxes: Ints, pitch: int, thresholds: StillGridThresholds) -> float:
    """Return the evidence that things in boxes `[K, 4]` stand on lines a pitch apart.

    This is Rayleigh's statistic of the boxes' middles, summed over both axes: the number of boxes
    times the squared length of their mean direction, when the pitch is the whole circle. Boxes too
    large to hold one thing are left out. Without lines, it is 2 on average.
    """
    sizes = boxes[:, 1::2] - boxes[:, ::2]
    single = boxes[(sizes <= thresholds.single * pitch).all(axis=1)]
    if not len(single):
        return 0.0
    middles = (single[:, ::2] + single[:, 1::2]) / 2
    directions = np.exp(2j * np.pi * middles / pitch).mean(axis=0)
    return float(len(single) * np.square(np.abs(directions)).sum())


def told_apart(frame: Frame, facts: Facts, grid: Grid, thresholds: StillGridThresholds) -> Facts:
    """Return the facts of things that look the same to the pixel, but have different types.

    A thing is isolated ink of the picture `uint8 [H, W, 3]` that is alone in its cell. Either the
    grid or the types are wrong.
    """
    inside: dict[tuple[int, int], list[Ints]] = {}
    for box in isolated_boxes(frame[None], thresholds):
        middle = (box[::2] + box[1::2]) / 2
        row, col = ((middle - grid.origin) // grid.pitch).astype(np.int64).tolist()
        inside.setdefault((row, col), []).append(box)
    alike: dict[tuple[int, bytes], list[Fact]] = {}
    for fact in facts:
        boxes = inside.get(fact[1:], [])
        if len(boxes) == 1 and fact.type != UNKNOWN:
            top, bottom, left, right = boxes[0].tolist()
            look = bottom - top, frame[top:bottom, left:right].tobytes()
            alike.setdefault(look, []).append(fact)
    groups = [group for group in alike.values() if len({fact.type for fact in group}) > 1]
    return tuple(sorted((fact for group in groups for fact in group), key=lambda fact: fact[1:]))


def _inked(frames: Frame, thresholds: StillGridThresholds) -> NDArray[np.bool_]:
    """Return which pixels `[N, H, W]` differ from the floor; strong noise is smoothed."""
    away: Floats32 = (frames - floor_of(frames, thresholds)) * _LEVEL
    noise = sigma_of(median_magnitude(edge_of(away)))
    limit = thresholds.least_ink
    if thresholds.ink_deviations * noise > limit:
        away = ndimage.uniform_filter(away, (0, 3, 3, 0))
        noise /= 3
    limit = max(limit, thresholds.ink_deviations * noise)
    return np.asarray(np.square(away).mean(axis=3) > limit**2)
