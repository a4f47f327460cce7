"""Measure the noise of the pixels of frames drawn in tiles."""

from __future__ import annotations

import numpy as np

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage
from dsrl_agent.symbols.deviation import sigma_of
from dsrl_agent.types import Floats


def noise_of(footage: Footage, grid: Grid, thresholds: TilesThresholds) -> float:
    """Return the standard deviation of the pixels' noise in grey levels, 0 for frames without.

    In frames without noise some steps leave most cells as they were.
    """
    pairs = np.flatnonzero(footage.follows)
    changed = _changed_shares(footage, grid)[pairs]
    if not len(changed) or float(np.quantile(changed, thresholds.calm)) < thresholds.noisy:
        return 0.0
    order = np.argsort([_difference(footage, int(after)) for after in pairs], kind="stable")
    calmest = pairs[order[: max(1, round(thresholds.calm * len(pairs)))]]
    return _deviation(*(footage.frames[calmest - back].astype(np.float64) for back in (1, 0)))


def _changed_shares(footage: Footage, grid: Grid) -> Floats:
    """Return the share of the cells `[M]` that differ from the frame before."""
    shares, last = np.zeros(len(footage.frames)), None
    for index, frame in enumerate(footage.frames):
        tiles = grid.cut(frame)
        if last is not None:
            shares[index] = (tiles != last).reshape(len(tiles), -1).any(axis=1).mean()
        last = tiles
    return shares


def _difference(footage: Footage, after: int) -> float:
    first, second = (footage.frames[index].astype(np.int16) for index in (after - 1, after))
    return float(np.abs(second - first).mean())


def _deviation(before: Floats, after: Floats) -> float:
    """Return the noise of values of which most have the same mean in both frames.

    Values at black or white are cut off there: of a pixel that is black but for noise half of the
    values are 0. The others have the noise's mean square. They are used if fewer pixels are far
    from black and white.
    """
    apart = (after - before) / np.sqrt(2.0)
    room = np.minimum(np.minimum(before, after), 255 - np.maximum(before, after))
    far = apart[room > 8 * _clipped_deviation(apart[room > 0])]
    beside = np.where(before == 0, after, 255 - after)[(before == 0) | (before == 255)]
    beside = beside[(beside > 0) & (beside < 255 / 2)]
    return _clipped_deviation(far if len(far) > len(beside) else beside)


def _clipped_deviation(values: Floats) -> float:
    """Return the root mean square of the values that are no outliers."""
    if not len(values):
        return 0.0
    typical = sigma_of(max(float(np.median(np.abs(values))), 1 / 2))
    return float(np.sqrt(np.square(values[np.abs(values) < 4 * typical]).mean()))
