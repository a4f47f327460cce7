"""Fit a grid to the centres of objects."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Floats, Ints


def grid_from_centres(centres: Floats, size: tuple[int, int], thresholds: StillsThresholds) -> Grid:
    """Return the grid on whose lines objects with centres `[M, 2]`, in pixels, stand.

    The picture of `size` pixels tells no border of the world: rows and columns are counted from the
    first that holds an object.

    Raises:
        PerceptionError: There is no object, or all stand in one row and one column.
    """
    if not len(centres):
        raise PerceptionError(
            "Nothing stands out in these pictures, so no object was found; give pictures with "
            "objects on a background."
        )
    periods = [_period(centres[:, axis], thresholds) for axis in (0, 1)]
    known = [period for period in periods if period is not None]
    if not known:
        raise PerceptionError(
            "The objects found in these pictures stand in one row and one column, which tells no "
            "cell size; give pictures with several objects."
        )
    # Cells may be taken for square where one axis shows a single line of objects.
    axes = [_axis_of(centres[:, i], periods[i] or known[0], size[i]) for i in (0, 1)]
    pitch, origin, cells = zip(*axes, strict=True)
    return Grid((pitch[0], pitch[1]), (origin[0], origin[1]), (cells[0], cells[1]), size)


def _period(positions: Floats, thresholds: StillsThresholds) -> float | None:
    """Return the distance of the lines that positions stand on; `None` if there is one line.

    The longest period is taken that fits about as well as the best: a fraction of it has lines at
    the same places, and more. Positions on no line only lower the fit of all periods.
    """
    span = float(positions.max() - positions.min())
    step = thresholds.period_step
    periods = np.arange(thresholds.least_period, span + step, step)
    if not len(periods):
        return None
    fits = np.array([_in_line(positions, period, thresholds) for period in periods])
    best = int(np.flatnonzero(fits >= thresholds.nearly * fits.max()).max())
    while best and fits[best - 1] > fits[best]:  # climb to the peak of this flank
        best -= 1
    return float(periods[best])


def _in_line(positions: Floats, period: float, thresholds: StillsThresholds) -> float:
    """Return the closeness of positions to the best lines of a period: 1 on them, down to 0."""
    width = thresholds.off_line / thresholds.bin
    count = round(period / thresholds.bin)
    folded = np.bincount(np.floor(positions % period / period * count).astype(int) % count)
    folded = np.pad(folded.astype(np.float64), (0, count - len(folded)))
    near = ndimage.gaussian_filter1d(folded, width, mode="wrap").max()
    return float(near * np.sqrt(2 * np.pi) * thresholds.off_line / thresholds.bin / len(positions))


def _axis_of(positions: Floats, period: float, side: int) -> tuple[int, int, int]:
    """Return pitch, origin and number of cells along one axis."""
    phase = np.angle(np.exp(2j * np.pi * positions / period).mean())
    numbers, apart = _numbered(positions, period, phase / (2 * np.pi) * period)
    aligned = apart <= period / 4
    numbers, positions = numbers[aligned], positions[aligned]
    numbers -= numbers.min()
    # The least squares line through (number, position): steadier than the period's peak.
    several = numbers.max() > 0
    fitted = np.polyfit(numbers, positions, 1) if several else (period, positions.mean())
    pitch, first = round(float(fitted[0])), float(fitted[1])
    cells = int(numbers.max()) + 1
    # Pixels are counted at their middles: a cell of 9 centred on pixel 4 begins at 0.
    origin = round(first - (pitch - 1) / 2)
    # A pixel beyond the edge is a mistake of the fit; more is a line that holds no whole cell.
    while cells > 1 and origin < -1:
        origin, cells = origin + pitch, cells - 1
    while cells > 1 and origin + cells * pitch > side + 1:
        cells -= 1
    return pitch, int(np.clip(origin, 0, max(0, side - cells * pitch))), cells


def _numbered(positions: Floats, period: float, first: float) -> tuple[Ints, Floats]:
    """Return the index of each position's nearest line, and its distance in pixels."""
    numbers = np.rint((positions - first) / period)
    return numbers.astype(np.int64), np.abs(positions - first - numbers * period)
