"""Fit the lines of a grid to the centres of rows and columns that hold something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.types import Floats, Ints


class CellLines(NamedTuple):
    """Where cells are along one axis, in pixels and their fractions."""

    pitch: float
    origin: float  # edge of the first cell that holds an object
    cells: int  # from the first to the last cell that holds one


class LineFit(NamedTuple):
    """Centres of rows or columns, and their line by least squares."""

    held: Ints  # [L]: numbers of those that hold something
    pitch: float
    middle: float  # position of the mean of the numbers
    rest: float  # squared distance of the centres from the line, summed

    @property
    def spread(self) -> float:
        """Squared deviation of the numbers from their mean, summed."""
        return float(np.square(self.held - self.held.mean()).sum())

    def lines(self, pitch: float, is_whole: bool) -> CellLines:
        """Return cells of a pitch about the same middle, perhaps from a whole pixel on."""
        origin = self.middle - pitch * (float(self.held.mean()) - int(self.held[0]) + 0.5)
        cells = int(self.held[-1] - self.held[0]) + 1
        return CellLines(pitch, float(round(origin)) if is_whole else origin, cells)


def span(profile: Floats, thresholds: StillGridThresholds) -> tuple[int, int]:
    """Return the first pixel of a profile that stands out and the one after the last."""
    stands = np.flatnonzero(profile > thresholds.ink * profile.max())
    return int(stands[0]), int(stands[-1]) + 1


def fit_lines(held: Ints, centres: Floats, pitch: float) -> LineFit:
    """Return the least squares line through centres `[L]`; one centre keeps the pitch."""
    if len(held) < 2:
        return LineFit(held, pitch, float(centres[0]), 0.0)
    pitch, first = (float(value) for value in np.polyfit(held, centres, 1))
    rest = float(np.square(centres - first - pitch * held).sum())
    return LineFit(held, pitch, first + pitch * float(held.mean()), rest)


def settle(
    fits: Sequence[LineFit], thresholds: StillGridThresholds, many: bool = False
) -> list[CellLines]:
    """Return the lines of rows and columns: of one pitch, of whole pixels, if that may be.

    Pitches are alike, or whole, if they differ by no more than standard errors and `whole` say. The
    distances of centres from lines give the standard errors, of both axes together. In `many`
    pictures, the distances are of things off the middles of their cells, and few: they give the
    errors badly, so that a deviation is one of Student's distribution that is as rare as `errors`.
    """
    free = max(1, sum(len(fit.held) - 2 for fit in fits))
    variance = sum(fit.rest for fit in fits) / free
    total = sum(fit.spread for fit in fits)
    joint = sum(fit.spread * fit.pitch for fit in fits) / total
    deviations = float(stdtrit(free, ndtr(thresholds.errors))) if many else thresholds.errors

    def near(one: float, other: float, spread: float) -> bool:
        error = np.sqrt(variance / spread) if spread else np.inf
        return bool(abs(one - other) <= thresholds.whole + deviations * error)

    if all(near(fit.pitch, joint, fit.spread) for fit in fits):
        is_whole = near(joint, round(joint), total)
        return [fit.lines(float(round(joint)) if is_whole else joint, is_whole) for fit in fits]
    wholes = [near(fit.pitch, round(fit.pitch), fit.spread) for fit in fits]
    return [
        fit.lines(float(round(fit.pitch)) if is_whole else fit.pitch, is_whole)
        for fit, is_whole in zip(fits, wholes, strict=True)
    ]
