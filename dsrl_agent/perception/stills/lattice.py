"""Fit square cells of whole pixels to contrast of things that reach into each other.

Where things reach out of their cells, contrast has no valleys between cells. Its profile is then
explained as the sum of one symmetric profile in each cell, as wide as needed. The ends of a row,
where nothing lies beside a thing, tell most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.lines import CellLines, span
from dsrl_agent.types import Floats, Ints


class LatticeFit(NamedTuple):
    """Cells of one pitch along one axis."""

    cost: float  # Bayesian information criterion: twice the negative log-likelihood, and size
    origin: int
    cells: int


def find_lattice(
    profiles: Sequence[Floats], thresholds: StillGridThresholds
) -> list[CellLines] | None:
    """Return the cells that explain the contrast of rows `[H]` and columns `[W]`; None if none do.

    None do if one thing alone explains it.

    Of pitches that explain it about as well, the longest is taken: a fraction of a pitch has lines
    at the same places, and more.
    """
    if max(map(len, profiles)) > thresholds.most_profile:
        return None
    axes = [_by_pitch(profile / profile.mean(), thresholds) for profile in profiles]
    costs = {p: sum(axis[p].cost for axis in axes) for p in axes[0] if p in axes[1]}
    if not costs:
        return None
    least = min(costs.values())
    if sum(_alone(profile / profile.mean(), thresholds) for profile in profiles) <= least:
        return None
    pitch = max(p for p, cost in costs.items() if cost <= least + thresholds.as_good)
    return [CellLines(float(pitch), float(axis[pitch].origin), axis[pitch].cells) for axis in axes]


def _by_pitch(profile: Floats, thresholds: StillGridThresholds) -> dict[int, LatticeFit]:
    """Return the best cells of each pitch for a profile."""
    best: dict[int, LatticeFit] = {}
    for pitch in range(int(np.ceil(thresholds.least_pitch)), len(profile) // 2 + 1):
        best[pitch] = min(_fits(profile, pitch, thresholds))
    return best


def _fits(profile: Floats, pitch: int, thresholds: StillGridThresholds) -> Iterator[LatticeFit]:
    """Yield the fits of a pitch at all origins, with as many cells as fit, or one less."""
    size = len(profile)
    middles = np.arange(size) + 0.5
    for origin in range(pitch):
        most = (size - origin) // pitch
        for cells in range(max(2, most - 1), most + 1):
            centres = origin + (np.arange(cells) + 0.5) * pitch
            away = np.floor(np.abs(middles[:, None] - centres)).astype(np.int64)
            for reach in thresholds.reaches:
                width = int(np.ceil(pitch / 2 * (1 + reach)))
                yield LatticeFit(_cost(profile, away, width, thresholds), origin, cells)


def _alone(profile: Floats, thresholds: StillGridThresholds) -> float:
    """Return the cost of one thing in the middle of what stands out."""
    first, last = span(profile, thresholds)
    away = np.floor(np.abs(np.arange(len(profile)) + 0.5 - (first + last) / 2)).astype(np.int64)
    width = int(np.ceil((last - first) / 2))
    return _cost(profile, away[:, None], width, thresholds)


def _cost(profile: Floats, away: Ints, width: int, thresholds: StillGridThresholds) -> float:
    """Return the cost of things of a width; `away` `[P, cells]` is how far pixels are from each."""
    size, energy = len(profile), float(np.square(profile).sum())
    counts = (away[:, :, None] == np.arange(width)).sum(axis=1)
    left = nnls(counts.astype(np.float64), profile)[1] ** 2
    return float(size * np.log(left / energy + thresholds.exact) + width * np.log(size))
